/**
 * How long `kusto serve` takes from its start in a filled folder to its first answer: the program as `npm run build` makes it
 * where there is one, else the sources, which take several times as long to load.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DEFAULT_DATABASE } from '../../kusto/engine/engine.ts';
import type { Row } from '../report.ts';
import type { Sizes } from './data.ts';
import { lookupQueries } from './queries.ts';

const starts = 5;
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const built = path('../../dist/cli/kusto.js');
const source = path('../../cli/kusto.ts');

/** The median of some starts for each lookup, which asks first. */
export async function measureFirstAnswers(folder: string, sizes: Sizes): Promise<Row[]> {
  const rows: Row[] = [];
  for (const query of lookupQueries) {
    const properties = { Parameters: query.kqlParameters(7, sizes) };
    const body = JSON.stringify({ db: DEFAULT_DATABASE, csl: query.kql, properties });
    const found: FirstAnswer[] = [];
    for (let start = 0; start < starts; start++) found.push(await firstAnswer(folder, body));
    rows.push({
      name: query.name,
      program: existsSync(built) ? 'built' : 'sources',
      listening: median(found.map(({ listening }) => listening)),
      firstAnswer: median(found.map(({ milliseconds }) => milliseconds)),
      fastest: Math.min(...found.map(({ milliseconds }) => milliseconds)),
      asked: 1000,
    });
  }
  return rows;
}

interface FirstAnswer {
  /** Milliseconds from the start of the process until it listens, and until it has answered. */
  readonly listening: number;
  readonly milliseconds: number;
}

async function firstAnswer(folder: string, body: string): Promise<FirstAnswer> {
  const program = existsSync(built) ? [built] : ['--import', 'tsx', source];
  const started = performance.now();
  const served = ['serve', '--data-dir', folder, '--no-token', '--port', '0'];
  const child = spawn(process.execPath, [...program, ...served], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await urlOf(child);
    const listening = performance.now() - started;
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${url}/v2/rest/query`, { method: 'POST', headers, body });
    await response.text();
    if (!response.ok) throw new Error(`The first answer has the status ${response.status}`);
    return { listening, milliseconds: performance.now() - started };
  } finally {
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  }
}

/** The address that the program prints once it listens. */
async function urlOf({ stdout }: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of stdout ?? []) {
    printed += String(chunk);
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`The engine did not say where it listens: ${printed}`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
