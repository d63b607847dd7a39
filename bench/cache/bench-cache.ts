/**
 * Cached D2B for a program and for a user, both with tokens and rights, against a bare Fastify route that gives the same
 * bytes, headers included; and B2D that is not cached, with authentication and without. All take turns within one run. Then how much 500
 * requests for one build at the same time ask. Processor time per request does not depend on what else the machine does.
 */
import { Pool } from 'undici';
import { apiPaths } from '../../api/paths.ts';
import { answerOf, startKustoProxy } from '../../test/support/engine/kusto-proxy.ts';
import { until } from '../../test/support/until.ts';
import { type Guard, type RequestHeaders, startGuard } from '../guard.ts';
import type { BenchReport } from '../report.ts';
import { type ChildServer, startChild } from './child.ts';

export interface CacheBenchOptions {
  readonly rounds: number;
  /** Of each server in each round. */
  readonly seconds: number;
  readonly connections: number;
  /** Builds in an answer. */
  readonly builds: number;
}

interface Measured {
  readonly perSecond: number;
  readonly microsecondsEach: number;
}

/** What takes turns. */
interface Lane {
  readonly server: ChildServer;
  readonly headers: RequestHeaders;
  readonly path: () => string;
}

type LaneName = 'program' | 'user' | 'bare' | 'b2dProgram' | 'b2dOpen';

/** Headers that Node sends with every answer, or that follow from the body. */
const ofNode = new Set(['connection', 'content-length', 'date', 'keep-alive']);
const simultaneous = 500;
const project = { organization: 'contoso', project: 'b32aa71e-8ed2-41b2-9d77-5bc261222004' };
const [d2bPath] = apiPaths.d2b;
const [b2dPath] = apiPaths.b2d;
const d2b = `${d2bPath}?deploymentSource=azdeployer&deploymentId=70000001`;
const b2d = `${b2dPath}?adoOrganizationName=${project.organization}&adoProjectId=${project.project}&adoBuildId=`;

export async function benchCache(options: CacheBenchOptions): Promise<BenchReport> {
  const kusto = await startKustoProxy(undefined, buildsOf(options.builds));
  const guard = await startGuard([project]);
  const user = await guard.newUser();
  const uncached = { B2D_CACHE_SECONDS: '0' };
  const started = (settings: Readonly<Record<string, string>>) =>
    startChild('./api-server.ts', kusto.url, JSON.stringify(settings));
  const api = await started(guard.settings);
  const b2dProgram = await started({ ...guard.settings, ...uncached });
  const b2dOpen = await started({ ...uncached, KUSTO_CALLER_SHARE: '100' });
  const answer = await fetch(api.url + d2b, { headers: guard.headers });
  const body = await answer.text();
  const sent = [...answer.headers].filter(([name]) => !ofNode.has(name));
  const bare = await startChild('./bare-server.ts', d2bPath, body, JSON.stringify(Object.fromEntries(sent)));
  let lastBuild = 0;
  const newBuild = () => b2d + ++lastBuild;
  const lanes: Readonly<Record<LaneName, Lane>> = {
    program: { server: api, headers: guard.headers, path: () => d2b },
    user: { server: api, headers: user, path: () => d2b },
    bare: { server: bare, headers: guard.headers, path: () => d2b },
    b2dProgram: { server: b2dProgram, headers: guard.headers, path: newBuild },
    b2dOpen: { server: b2dOpen, headers: {}, path: newBuild },
  };
  try {
    const rounds = await takeTurns(lanes, options);
    const ratiosOf = (lane: LaneName, to: LaneName) => ({
      ratio: median(rounds.map((round) => round[lane].perSecond / round[to].perSecond)),
      processorRatio: median(
        rounds.map((round) => round[to].microsecondsEach / round[lane].microsecondsEach),
      ),
    });
    const ratios = {
      d2bProgram: ratiosOf('program', 'bare'),
      d2bUser: ratiosOf('user', 'bare'),
      b2dUncached: ratiosOf('b2dProgram', 'b2dOpen'),
    };
    kusto.forget();
    await Promise.all(Array.from({ length: 10 }, () => fetch(api.url + d2b, { headers: user })));
    const queriesWhileCached = kusto.asked.length;
    const queries = await queriesOf(kusto, guard, b2dProgram);
    return {
      bytes: body.length,
      queriesWhileCached,
      ratio: ratios.d2bProgram.ratio,
      ratios,
      simultaneous: queries,
      tables: {
        'Requests a second and microseconds of processor time each': rounds.map((round, index) => ({
          round: index + 1,
          ...Object.fromEntries(Object.entries(round).map(([lane, measured]) => [lane, textOf(measured)])),
        })),
        'Medians of ratios': [
          { what: 'cached D2B for a program, to a bare route', ...ratios.d2bProgram },
          { what: 'cached D2B for a user, to a bare route', ...ratios.d2bUser },
          { what: 'B2D not cached with authentication, to without', ...ratios.b2dUncached },
        ],
        [`${simultaneous} requests for one build at the same time`]: [queries],
      },
    };
  } finally {
    for (const { server } of Object.values(lanes)) server.stop();
    await kusto.close();
    await guard.close();
  }
}

const textOf = ({ perSecond, microsecondsEach }: Measured): string =>
  `${Math.round(perSecond)} / ${Math.round(microsecondsEach)}`;

/** Measures all in every round, now forwards, now backwards. */
async function takeTurns(
  lanes: Readonly<Record<LaneName, Lane>>,
  options: CacheBenchOptions,
): Promise<Record<LaneName, Measured>[]> {
  const names = Object.keys(lanes) as LaneName[];
  const rounds: Record<LaneName, Measured>[] = [];
  for (const name of names) await measure(lanes[name], { ...options, seconds: 2 });
  for (let round = 0; round < options.rounds; round++) {
    process.stderr.write(`round ${round + 1} of ${options.rounds}\n`);
    const measured: Partial<Record<LaneName, Measured>> = {};
    for (const name of round % 2 === 0 ? names : names.toReversed())
      measured[name] = await measure(lanes[name], options);
    rounds.push(measured as Record<LaneName, Measured>);
  }
  return rounds;
}

/** Keeps all connections busy for a while. */
async function measure(
  { server, headers, path }: Lane,
  { seconds, connections }: CacheBenchOptions,
): Promise<Measured> {
  const pool = new Pool(server.url, { connections, pipelining: 1 });
  const before = await server.microseconds();
  const started = performance.now();
  const end = started + seconds * 1000;
  let requests = 0;
  const connection = async (): Promise<void> => {
    while (performance.now() < end) {
      await answered(pool, path(), headers);
      requests++;
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const elapsed = performance.now() - started;
  const microseconds = (await server.microseconds()) - before;
  await pool.destroy();
  return { perSecond: requests / (elapsed / 1000), microsecondsEach: microseconds / requests };
}

/** Sends one request and throws its body away, with as little work as possible: the load shares the machine. */
function answered(pool: Pool, path: string, headers: RequestHeaders): Promise<void> {
  return new Promise((resolve, reject) => {
    pool.dispatch(
      { path, method: 'GET', headers },
      {
        onRequestStart: () => undefined,
        onResponseData: () => undefined,
        onResponseStart(_controller, status) {
          if (status !== 200) reject(new Error(`answered ${status}`));
        },
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

/** All of a user whom the server does not know yet. */
async function queriesOf(
  kusto: Awaited<ReturnType<typeof startKustoProxy>>,
  guard: Guard,
  api: ChildServer,
): Promise<{ requests: number; queries: number; questionsAboutRights: number; answers: number }> {
  const headers = await guard.newUser();
  kusto.forget();
  guard.azureDevOps.asked.length = 0;
  const open = kusto.hold();
  const asking = Array.from({ length: simultaneous }, async () => {
    const response = await fetch(`${api.url}${b2d}2000000000`, { headers });
    return response.text();
  });
  await until(() => kusto.asked.length > 0);
  // The others are on their way.
  await new Promise((resolve) => setTimeout(resolve, 400));
  open();
  const bodies = await Promise.all(asking);
  return {
    requests: bodies.length,
    queries: kusto.asked.length,
    questionsAboutRights: guard.azureDevOps.asked.length,
    answers: new Set(bodies).size,
  };
}

/** What Kusto says of a deployment that has not changed for long. */
function buildsOf(count: number): string {
  const row = (id: number): unknown[] => [
    true,
    project.organization,
    project.project,
    String(id),
    `https://dev.azure.com/contoso/b32aa71e-8ed2-41b2-9d77-5bc261222004/_build/results?buildId=${id}`,
    '2024-01-02T07:17:51Z',
  ];
  return answerOf(
    ['Found', 'OrganizationName', 'ProjectId', 'Id', 'Url', 'LastUpdatedTime'],
    Array.from({ length: count }, (_, id) => row(id + 1)),
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
