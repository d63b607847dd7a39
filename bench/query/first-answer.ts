/** How long an engine takes from its start in a filled folder to its first answer, each in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Row } from '../report.ts';
import type { Sizes } from './data.ts';
import { lookupQueries } from './queries.ts';

const starts = 5;

/** The median of some starts for each lookup, which asks first. */
export async function measureFirstAnswers(folder: string, sizes: Sizes): Promise<Row[]> {
  const rows: Row[] = [];
  for (const query of lookupQueries) {
    const properties = { Parameters: query.kqlParameters(7, sizes) };
    const body = JSON.stringify({ csl: query.kql, properties });
    const found: FirstAnswer[] = [];
    for (let start = 0; start < starts; start++) found.push(await firstAnswer(folder, body));
    rows.push({
      name: query.name,
      listening: median(found.map(({ listening }) => listening)),
      firstAnswer: median(found.map(({ milliseconds }) => milliseconds)),
      slowest: Math.max(...found.map(({ milliseconds }) => milliseconds)),
      asked: 1000,
    });
  }
  return rows;
}

interface FirstAnswer {
  readonly status: number;
  readonly listening: number;
  readonly milliseconds: number;
}

async function firstAnswer(folder: string, body: string): Promise<FirstAnswer> {
  const module = new URL('./first-answer-server.ts', import.meta.url);
  const child = fork(module, [folder, body], { execArgv: ['--import', 'tsx'] });
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('The engine ended before it answered'))),
  ])) as [FirstAnswer];
  await once(child, 'exit');
  if (message.status !== 200) throw new Error(`The first answer has the status ${message.status}`);
  return message;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
