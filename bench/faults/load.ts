/**
 * A steady load on the API while services fail. Four of five requests are for what was answered before; every fifth is
 * for something new, or of somebody new. Latencies count from when a request was due.
 */
import { Agent, get, type IncomingHttpHeaders } from 'node:http';
import { apiPaths } from '../../api/paths.ts';
import { demoBuilds } from '../../kusto/demo/builds.ts';
import { sleep } from '../../net/sleep.ts';
import type { RequestHeaders } from '../guard.ts';
import { atSteadyRate } from '../steady-rate.ts';

/** One request and its answer. */
export interface Outcome {
  /** Whether the same was answered to the same caller before the fault. */
  readonly isKnown: boolean;
  /** Whether its token had to be accepted; otherwise it had to be refused. */
  readonly isAcceptable: boolean;
  /** Undefined: the connection broke. */
  readonly status: number | undefined;
  readonly isStale: boolean;
  readonly hasRetryAfter: boolean;
  readonly milliseconds: number;
  /** By `performance.now()`. */
  readonly doneAt: number;
}

/** Who asks. */
export interface Credentials {
  readonly headers: RequestHeaders;
  /** Whether the token in it is to be accepted. */
  readonly isAcceptable: boolean;
}

export interface LoadOptions {
  readonly url: string;
  readonly perSecond: number;
  /** Who asks, as of now. */
  readonly credentials: () => Credentials;
  /** Gives somebody who has not asked yet: every fifth request is theirs, for what is known. */
  readonly newcomer?: (() => Promise<RequestHeaders>) | undefined;
}

/** Enough for some of every kind. */
const mostBuilds = 8;
const [b2dPath] = apiPaths.b2d;
const [d2bPath] = apiPaths.d2b;

/** Paths of B2D and D2B that the API answers with 200; asking for them makes them known to it. */
export async function knownPaths({ url, credentials }: LoadOptions): Promise<string[]> {
  const paths: string[] = [];
  const ask = async (path: string): Promise<Response> => {
    // A machine that is just starting all of this may be slow.
    for (const deadline = performance.now() + 60_000; ; await sleep(200)) {
      const response = await fetch(url + path, { headers: credentials().headers });
      if (response.status !== 503 || performance.now() > deadline) return response;
      await response.body?.cancel();
    }
  };
  for (const { organization, project, id } of demoBuilds.slice(0, mostBuilds)) {
    const path = b2dOf(organization, project, id);
    const response = await ask(path);
    if (response.status !== 200) continue;
    const { Deployments } = (await response.json()) as { Deployments: { Source: string; Id: string }[] };
    paths.push(path);
    for (const { Source, Id } of Deployments.slice(0, 2)) {
      const query = new URLSearchParams({ deploymentSource: Source, deploymentId: Id });
      if ((await ask(`${d2bPath}?${query}`)).status === 200) paths.push(`${d2bPath}?${query}`);
    }
  }
  if (paths.length === 0) throw new Error('the API knows none of the demonstration');
  return paths;
}

/** Whether a path is answered with 200, and not with what was known before. */
export async function isGoodNow({ url, credentials }: LoadOptions, path: string): Promise<boolean> {
  const response = await fetch(url + path, { headers: credentials().headers });
  await response.body?.cancel();
  return response.status === 200 && !response.headers.has('warning');
}

/** Sends requests until `signal` is aborted; gives every outcome to `onOutcome`, and resolves with the last of them. */
export async function steadyLoad(
  { url, perSecond, credentials, newcomer }: LoadOptions,
  known: readonly string[],
  signal: AbortSignal,
  onOutcome: (outcome: Outcome) => void,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const send = async (number: number, due: number): Promise<void> => {
    const isKnown = number % 5 !== 4;
    const isFamiliar = isKnown || newcomer !== undefined;
    const path = isFamiliar ? (known[number % known.length] ?? '') : newPath(number);
    const { headers, isAcceptable } = credentials();
    const asker = isKnown || !newcomer ? headers : await newcomer();
    const answer = await request(url + path, agent, asker);
    const doneAt = performance.now();
    onOutcome({ isKnown, isAcceptable, ...answer, milliseconds: doneAt - due, doneAt });
  };
  await atSteadyRate(perSecond, send, { signal });
  agent.destroy();
}

let lastNew = 0;

/** Something that nobody has asked for; it is unknown. */
function newPath(number: number): string {
  const id = 1_000_000_000 + lastNew++;
  if (number % 2 === 0) return b2dOf('msazure', 'b32aa71e-8ed2-41b2-9d77-5bc261222004', id);
  return `${d2bPath}?${new URLSearchParams({ deploymentSource: 'azdeployer', deploymentId: String(id) })}`;
}

function b2dOf(organization: string, project: string, id: number): string {
  const query = new URLSearchParams({
    adoOrganizationName: organization,
    adoProjectId: project,
    adoBuildId: String(id),
  });
  return `${b2dPath}?${query}`;
}

function request(
  url: string,
  agent: Agent,
  headers: RequestHeaders,
): Promise<Pick<Outcome, 'status' | 'isStale' | 'hasRetryAfter'>> {
  return new Promise((resolve) => {
    const broken = (): void => resolve({ status: undefined, isStale: false, hasRetryAfter: false });
    get(url, { agent, headers }, (response) => {
      const answered: IncomingHttpHeaders = response.headers;
      response.resume().on('error', broken);
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          isStale: 'warning' in answered,
          hasRetryAfter: 'retry-after' in answered,
        }),
      );
    }).on('error', broken);
  });
}
