/**
 * Measures the three lookups: in process against hand-written SQL, through HTTP at several concurrencies, against a
 * bare route, at a steady rate, at a start, and as the data grows. Nothing is cached. What is asked stands beside what was
 * measured.
 */
import { join } from 'node:path';
import { DEFAULT_DATABASE } from '../../kusto/engine/engine.ts';
import { sayOnError as say } from '../filled-folder.ts';
import type { BenchReport, Row } from '../report.ts';
import { BenchServer } from '../server.ts';
import type { Sizes } from './data.ts';
import { measureFirstAnswers } from './first-answer.ts';
import { compareInProcess } from './in-process.ts';
import { closedLoop, type LoadResult, steadyRate, warmUp } from './load.ts';
import { prepare } from './prepare.ts';
import { type LookupQuery, lookupQueries } from './queries.ts';

export interface QueryBenchOptions extends Sizes {
  readonly seconds: number;
  readonly data: string;
}

const concurrencies = [1, 8, 32];
const steadyPerSecond = 200;
const warmUpAnswers = 200;
/** The least shares that are asked of the lookups over deployments and payloads, and of the whole API where many ask at once. */
const askedInProcess = 0.8;
const askedOfWhole = 0.75;
/** Sizes for measuring growth, as fractions of the data set. */
const growthShares = [1 / 300, 1 / 10, 1];

/** Runs all measurements. Takes minutes; the first time, most of them for generating data. */
export async function benchQuery(options: QueryBenchOptions): Promise<BenchReport> {
  const sizes: Sizes = { builds: options.builds, events: options.events, versions: options.versions };
  const folder = await prepared(options.data, sizes);
  const file = join(folder, `${DEFAULT_DATABASE}.sqlite`);
  say('in process: the engine’s SQL against hand-written SQL');
  const inProcess = compareInProcess(file, DEFAULT_DATABASE, sizes, options.seconds);

  const api = await BenchServer.start('./query/api-server.ts', folder);
  const bare = await BenchServer.start('./query/bare-server.ts', file);
  for (const query of lookupQueries) await warmUp(urlsOf(api, query, sizes), warmUpAnswers);
  const load = await measureLoad(api, sizes, options.seconds);
  const steady = await measureSteady(api, sizes, options.seconds);
  const whole = await compareWithBare(api, bare, sizes, options.seconds);
  const residentMegabytes = (await api.residentBytes()) / 2 ** 20;
  api.stop();
  bare.stop();

  say('the first answer in a filled folder');
  const firstAnswers = await measureFirstAnswers(folder, sizes);
  const growth = await measureGrowth(options, sizes);
  say('');
  return {
    sizes,
    inProcess,
    load,
    steady,
    whole,
    firstAnswers,
    growth,
    residentMegabytes,
    tables: {
      'In process, the engine’s SQL against hand-written SQL': inProcess.map((row) => ({
        ...row,
        asked: row.name === 'B2D' ? null : askedInProcess,
      })),
      'Through HTTP, nothing cached (ms)': load,
      [`At a steady ${steadyPerSecond} requests a second (ms)`]: steady,
      'B2D through the API against a bare Fastify route with hand-written SQL': whole,
      'From the start of kusto serve in the filled folder to its first answer (ms)': firstAnswers,
      'B2D as the data grows, one request at a time (ms)': growth,
      'Memory of the API’s process, engine included (MB)': [{ residentMegabytes }],
    },
  };
}

async function prepared(root: string, sizes: Sizes): Promise<string> {
  const folder = join(root, `${sizes.builds}-${sizes.events}-${sizes.versions}`);
  await prepare(folder, sizes, say);
  return folder;
}

async function measureLoad(api: BenchServer, sizes: Sizes, seconds: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const query of lookupQueries) {
    for (const concurrency of concurrencies) {
      say(`${query.name}, ${concurrency} at once`);
      const result = await closedLoop(urlsOf(api, query, sizes), concurrency, seconds);
      rows.push({ name: query.name, concurrency, ...result });
    }
  }
  return rows;
}

async function measureSteady(api: BenchServer, sizes: Sizes, seconds: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const query of lookupQueries) {
    say(`${query.name}, ${steadyPerSecond} a second`);
    rows.push({
      name: query.name,
      ...(await steadyRate(urlsOf(api, query, sizes), steadyPerSecond, seconds)),
    });
  }
  return rows;
}

async function compareWithBare(
  api: BenchServer,
  bare: BenchServer,
  sizes: Sizes,
  seconds: number,
): Promise<Row[]> {
  const [b2d] = lookupQueries;
  if (!b2d) return [];
  const rows: Row[] = [];
  for (const concurrency of concurrencies) {
    say(`the API against a bare route, ${concurrency} at once`);
    const whole = await closedLoop(urlsOf(api, b2d, sizes), concurrency, seconds);
    const baseline = await closedLoop(urlsOf(bare, b2d, sizes), concurrency, seconds);
    rows.push({
      concurrency,
      apiPerSecond: whole.perSecond,
      barePerSecond: baseline.perSecond,
      ratio: whole.perSecond / baseline.perSecond,
      asked: concurrency === 1 ? null : askedOfWhole,
    });
  }
  return rows;
}

async function measureGrowth({ data, seconds }: QueryBenchOptions, full: Sizes): Promise<Row[]> {
  const [b2d] = lookupQueries;
  if (!b2d) return [];
  const rows: Row[] = [];
  for (const share of growthShares) {
    const sizes: Sizes = {
      builds: Math.ceil(full.builds * share),
      events: Math.ceil(full.events * share),
      versions: Math.ceil(full.versions * share),
    };
    const server = await BenchServer.start('./query/api-server.ts', await prepared(data, sizes));
    await warmUp(urlsOf(server, b2d, sizes), warmUpAnswers);
    const result: LoadResult = await closedLoop(urlsOf(server, b2d, sizes), 1, seconds);
    server.stop();
    rows.push({ events: sizes.events, p50: result.p50, p99: result.p99 });
  }
  return rows;
}

let sent = 0;

/** Gives a different address at each call. */
function urlsOf({ url }: BenchServer, query: LookupQuery, sizes: Sizes): () => string {
  return () => `${url}${query.path(sent++, sizes)}`;
}
