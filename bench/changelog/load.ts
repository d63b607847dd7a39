/** The load process: sends events as fast as they are accepted, reads at a steady rate, and reports to its parent. */

import { Pool } from 'undici';
import { sleep } from '../../net/sleep.ts';
import { project, stageBody } from './events.ts';

export interface LoadReport {
  readonly events: number;
  readonly errors: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly readP99: number;
}

interface LoadOptions {
  readonly api: string;
  readonly secret: string;
  readonly seconds: number;
  readonly connections: number;
  readonly reads: number;
}

const { api, secret, seconds, connections, reads }: LoadOptions = JSON.parse(process.argv[2] ?? '{}');
const origin = new Pool(api, { connections: connections + 32 });
const headers = { 'content-type': 'application/json', 'x-changelog-secret': secret };
const firstRun = 1_000_000 + Math.floor(Math.random() * 1e9);

async function send(method: 'GET' | 'POST', path: string, body?: string): Promise<number> {
  const answer = await origin.request({ method, path, headers, body: body ?? null });
  await answer.body.dump();
  return answer.statusCode;
}

const states = ['running', 'completed'];
const end = performance.now() + seconds * 1000;
const postTimes: number[] = [];
const readTimes: number[] = [];
let sent = 0;
let errors = 0;

async function lane(): Promise<void> {
  while (performance.now() < end) {
    const index = sent++;
    const body = stageBody(
      firstRun + Math.floor(index / 8),
      `deploy${Math.floor(index / 2) % 4}`,
      states[index % 2],
    );
    const startedAt = performance.now();
    if ((await send('POST', '/hooks/v1/events', body)) !== 202) errors++;
    postTimes.push(performance.now() - startedAt);
  }
}

async function readSteadily(): Promise<void> {
  const pending: Promise<void>[] = [];
  while (reads > 0 && performance.now() < end) {
    const build = firstRun + Math.floor(Math.random() * Math.max(1, sent / 8));
    const startedAt = performance.now();
    const path = `/b2d/v1/build2deployments?adoOrganizationName=bench&adoProjectId=${project}&adoBuildId=${build}`;
    pending.push(send('GET', path).then(() => void readTimes.push(performance.now() - startedAt)));
    await sleep(1000 / reads);
  }
  await Promise.all(pending);
}

const percentile = (values: number[], share: number): number =>
  Math.round(values.sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0);

const startedAt = performance.now();
await Promise.all([readSteadily(), ...Array.from({ length: connections }, lane)]);
const report: LoadReport = {
  events: postTimes.length - errors,
  errors,
  seconds: (performance.now() - startedAt) / 1000,
  p50: percentile(postTimes, 0.5),
  p99: percentile(postTimes, 0.99),
  readP99: percentile(readTimes, 0.99),
};
process.send?.(report);
await origin.close();
process.disconnect?.();
