/**
 * Where everything is, of a project with 1,000 services, through the API and beside B2D in the same run: the matrix now
 * and as it was, the chain of a commit, and the newest changes, asked for in turns. Nothing is cached, but for the answers
 * that say so.
 */
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import type { Changes, Environments, Whereabouts } from '../../api/introspection/contract.ts';
import { introspectionPaths } from '../../api/introspection/paths.ts';
import { apiPaths } from '../../api/paths.ts';
import { fillFolder, sayOnError as say } from '../filled-folder.ts';
import { percentile, warmUp } from '../query/load.ts';
import type { BenchReport, Row } from '../report.ts';
import { BenchServer } from '../server.ts';
import {
  buildId,
  commitId,
  loadsOf,
  organization,
  project,
  roundsOf,
  type Sizes,
  timeOfRound,
} from './data.ts';

export interface IntrospectionBenchOptions extends Omit<Sizes, 'end'> {
  /** Requests of each kind. */
  readonly rounds: number;
  readonly data: string;
  /** Of the answers besides B2D, those whose names contain one of these texts, separated by commas. */
  readonly only?: string;
}

/** An answer that is measured: it takes one request, or as many as it has pages. */
interface Asked {
  readonly answer: string;
  /** Whether it is asked of a server that keeps answers, and had it before. */
  readonly isKept?: true;
  /** Whether the caller has it too, and names it by its ETag. */
  readonly isKnown?: true;
  /** The address of the request number `n`, which should differ from the others. */
  path(n: number): string;
  /** Checks a body, and gives what the address of the next page adds. @throws Error if it is not what was asked for */
  next(body: string): string | undefined;
}

const warmUpRounds = 5;
const pageOfServices = 200;

/** Runs the benchmark. The first time takes long, for filling the folder. */
export async function benchIntrospection({
  services,
  events,
  rounds,
  data,
  only = '',
}: IntrospectionBenchOptions): Promise<BenchReport> {
  const sizes: Sizes = { services, events, end: `${new Date().toISOString().slice(0, 7)}-01T00:00:00.000Z` };
  const folder = join(data, `introspection-${services}-${events}`);
  await fillFolder(folder, sizes, loadsOf(sizes), say);
  const server = await BenchServer.start('./query/api-server.ts', folder);
  const agent = new Agent({ keepAlive: true });
  try {
    const asked = askedOf(sizes)
      .filter(({ answer }, place) => place === 0 || only.split(',').some((text) => answer.includes(text)))
      .map((one) => ({ ...one, times: [] as number[] }));
    for (const { path, isKept } of asked)
      await warmUp(() => `${isKept ? server.keepingUrl : server.url}${path(0)}`, 1);
    for (let round = -warmUpRounds; round < rounds; round++) {
      say(`round ${round + 1} of ${rounds}`);
      for (const one of asked) {
        const url = one.isKept ? server.keepingUrl : server.url;
        const took = await timed(url, one, round + warmUpRounds, agent);
        if (round >= 0) one.times.push(took);
      }
    }
    say('');
    const rows = reportOf(asked);
    return {
      sizes,
      rows,
      tables: { 'Milliseconds, nothing cached unless it says so, and p50 as a ratio to B2D': rows },
    };
  } finally {
    agent.destroy();
    server.stop();
  }
}

function askedOf(sizes: Sizes): readonly Asked[] {
  const rounds = roundsOf(sizes);
  const ofProject = { adoOrganizationName: organization, adoProjectId: project };
  const address = (path: string, more: Readonly<Record<string, string | number>> = {}) =>
    `${path}?${new URLSearchParams(Object.entries({ ...ofProject, ...more }).map(([name, value]): [string, string] => [name, String(value)]))}`;
  const serviceOf = (n: number) => (n * 2_654_435_761) % sizes.services;
  const roundOf = (n: number) => Math.max(0, rounds - 10 - (n % 50));
  const matrix = (answer: string, top: number, isWhole: boolean, atOf?: (n: number) => string): Asked => ({
    answer,
    path: (n) => address(introspectionPaths.environments, { top, ...(atOf && { at: atOf(n) }) }),
    next(body) {
      const { Cells, ContinuationToken } = parsed<Environments>(body);
      if (Cells.length === 0) throw new Error(`The matrix is empty: ${body.slice(0, 200)}`);
      return isWhole && ContinuationToken !== undefined
        ? `&continuationToken=${encodeURIComponent(ContinuationToken)}`
        : undefined;
    },
  });
  const whole = matrix(
    `matrix now, all ${sizes.services.toLocaleString('en')} services in pages of ${pageOfServices}`,
    pageOfServices,
    true,
  );
  const past = (n: number) =>
    new Date(timeOfRound(sizes, 0, Math.max(1, rounds - 20 - (n % 50)))).toISOString();
  return [
    {
      answer: 'B2D',
      path: (n) => address(apiPaths.b2d[0], { adoBuildId: buildId(sizes, serviceOf(n), roundOf(n)) }),
      next: () => undefined,
    },
    matrix('matrix now, page of 50 services', 50, false),
    matrix(`matrix now, page of ${pageOfServices}`, pageOfServices, false),
    whole,
    { ...whole, answer: `${whole.answer}, kept by the server`, isKept: true },
    { ...whole, answer: `${whole.answer}, kept by the caller too`, isKept: true, isKnown: true },
    matrix('matrix at a past time, page of 50', 50, false, past),
    matrix(`matrix at a past time, page of ${pageOfServices}`, pageOfServices, false, past),
    {
      answer: 'chain of a commit',
      path: (n) =>
        address(introspectionPaths.commit.replace(':id', commitId(sizes, serviceOf(n), roundOf(n), n % 3))),
      next(body) {
        if (parsed<Whereabouts>(body).Environments.length === 0)
          throw new Error(`No chain: ${body.slice(0, 200)}`);
        return undefined;
      },
    },
    {
      answer: 'first page of changes',
      path: (n) => address(introspectionPaths.deployments, { top: 50 - (n % 2) }),
      next(body) {
        if (parsed<Changes>(body).Changes.length < 49) throw new Error(`Few changes: ${body.slice(0, 200)}`);
        return undefined;
      },
    },
  ];
}

const parsed = <Body>(body: string): Body => JSON.parse(body);

/** Milliseconds until the last byte of all pages, without the time for checking them. */
async function timed(
  url: string,
  { path, next, isKept, isKnown }: Asked,
  n: number,
  agent: Agent,
): Promise<number> {
  let took = 0;
  for (let more: string | undefined = ''; more !== undefined; ) {
    const page = `${url}${path(n)}${more}`;
    const before = isKept && (await read(page, agent));
    const began = performance.now();
    const { body } = await read(page, agent, isKnown && before ? before : undefined);
    took += performance.now() - began;
    more = next(body);
  }
  return took;
}

interface Read {
  readonly body: string;
  readonly etag: string | undefined;
}

/** @param known what the caller has already */
function read(url: string, agent: Agent, known?: Read): Promise<Read> {
  const headers = known?.etag === undefined ? {} : { 'if-none-match': known.etag };
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject).on('end', () => {
        const body = Buffer.concat(chunks).toString();
        if (response.statusCode === 200 && !known) resolve({ body, etag: response.headers.etag });
        else if (response.statusCode === 304 && known) resolve(known);
        else reject(new Error(`${url}: ${response.statusCode} ${body.slice(0, 500)}`));
      });
    }).on('error', reject);
  });
}

function reportOf(asked: readonly { readonly answer: string; readonly times: readonly number[] }[]): Row[] {
  const measured = asked.map(({ answer, times }) => {
    const sorted = [...times].sort((a, b) => a - b);
    const [least = Number.NaN] = sorted;
    return { answer, least, p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
  });
  const [b2d] = measured;
  return measured.map((row) => ({ ...row, ratio: b2d ? row.p50 / b2d.p50 : Number.NaN }));
}
