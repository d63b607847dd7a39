/**
 * Cached D2B for a program with a token and a grant, against a bare Fastify route that gives the same bytes, in turns within one run; and how many queries 500
 * requests for one build at the same time make. Processor time per request does not depend on what else the machine does.
 */
import { Pool } from 'undici';
import { apiPaths } from '../../api/paths.ts';
import { answerOf, startKustoProxy } from '../../test/support/engine/kusto-proxy.ts';
import { until } from '../../test/support/until.ts';
import { type Guard, startGuard } from '../guard.ts';
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

const simultaneous = 500;
const [d2bPath] = apiPaths.d2b;
const [b2dPath] = apiPaths.b2d;
const d2b = `${d2bPath}?deploymentSource=azdeployer&deploymentId=70000001`;
const b2d = `${b2dPath}?adoOrganizationName=contoso&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=`;

export async function benchCache(options: CacheBenchOptions): Promise<BenchReport> {
  const kusto = await startKustoProxy(undefined, buildsOf(options.builds));
  const guard = await startGuard(['contoso']);
  const { headers } = guard;
  const api = await startChild('./api-server.ts', kusto.url, JSON.stringify(guard.settings));
  const body = await (await fetch(api.url + d2b, { headers })).text();
  const bare = await startChild('./bare-server.ts', d2bPath, body);
  try {
    const rounds: { readonly api: Measured; readonly bare: Measured }[] = [];
    for (const server of [api, bare]) await measure(server, headers, { ...options, seconds: 1 });
    kusto.forget();
    for (let round = 0; round < options.rounds; round++) {
      process.stderr.write(`round ${round + 1} of ${options.rounds}\n`);
      rounds.push({
        api: await measure(api, headers, options),
        bare: await measure(bare, headers, options),
      });
    }
    const queriesWhileCached = kusto.asked.length;
    const queries = await queriesOf(kusto, api, headers);
    const rateRatios = rounds.map((round) => round.api.perSecond / round.bare.perSecond);
    const timeRatios = rounds.map((round) => round.bare.microsecondsEach / round.api.microsecondsEach);
    return {
      bytes: body.length,
      queriesWhileCached,
      ratio: median(rateRatios),
      processorRatio: median(timeRatios),
      simultaneous: queries,
      tables: {
        'Cached D2B and a bare route with the same bytes': rounds.map((round, index) => ({
          round: index + 1,
          d2bPerSecond: Math.round(round.api.perSecond),
          barePerSecond: Math.round(round.bare.perSecond),
          ratio: rateRatios[index] ?? null,
          d2bMicroseconds: Math.round(round.api.microsecondsEach),
          bareMicroseconds: Math.round(round.bare.microsecondsEach),
          processorRatio: timeRatios[index] ?? null,
        })),
        Medians: [{ ratio: median(rateRatios), processorRatio: median(timeRatios) }],
        [`${simultaneous} requests for one build at the same time`]: [queries],
      },
    };
  } finally {
    api.stop();
    bare.stop();
    await kusto.close();
    await guard.close();
  }
}

/** Keeps all connections busy for a while. */
async function measure(
  server: ChildServer,
  headers: Guard['headers'],
  { seconds, connections }: CacheBenchOptions,
): Promise<Measured> {
  const pool = new Pool(server.url, { connections, pipelining: 1 });
  const before = await server.microseconds();
  const started = performance.now();
  const end = started + seconds * 1000;
  let requests = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      await answered(pool, d2b, headers);
      requests++;
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  const elapsed = performance.now() - started;
  const microseconds = (await server.microseconds()) - before;
  await pool.destroy();
  return { perSecond: requests / (elapsed / 1000), microsecondsEach: microseconds / requests };
}

/** Sends one request and throws its body away, with as little work as possible: the load shares the machine. */
function answered(pool: Pool, path: string, headers: Guard['headers']): Promise<void> {
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

async function queriesOf(
  kusto: Awaited<ReturnType<typeof startKustoProxy>>,
  api: ChildServer,
  headers: Guard['headers'],
): Promise<{ requests: number; queries: number; answers: number }> {
  kusto.forget();
  const open = kusto.hold();
  const asking = Array.from({ length: simultaneous }, async () => {
    const response = await fetch(`${api.url}${b2d}1`, { headers });
    return response.text();
  });
  await until(() => kusto.asked.length > 0);
  // The others are on their way.
  await new Promise((resolve) => setTimeout(resolve, 400));
  open();
  const bodies = await Promise.all(asking);
  return { requests: bodies.length, queries: kusto.asked.length, answers: new Set(bodies).size };
}

/** What Kusto says of a deployment that has not changed for long. */
function buildsOf(count: number): string {
  const row = (id: number): unknown[] => [
    true,
    'contoso',
    'b32aa71e-8ed2-41b2-9d77-5bc261222004',
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
