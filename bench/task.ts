/**
 * `npm run bench -- task`: the size of the bundle, the time from the start of the process to its first poll compared
 * with a bare Node, and the heap over a simulated day of polling.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchReport } from './report.ts';
import type { HourOfPolling } from './task/day.ts';

const starts = 15;
const limits = { bundleKilobytes: 250, firstPollMs: 400 };

/** Builds the task as it ships, and measures it. */
export async function benchTask(_options: Record<string, unknown>): Promise<BenchReport> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-task-'));
  try {
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build/tasks.ts', folder]);
    const bundle = join(folder, 'WaitForDeploymentsV1', 'index.js');
    const bundleKilobytes = statSync(bundle).size / 1_024;
    console.error(`Starting the task ${starts} times …`);
    const firstPoll = await measureFirstPoll(bundle, folder);
    const bareNode = measureBareNode();
    console.error('Simulating a day of polling …');
    const hours = simulateDay();
    const [early, late] = [hours[1], hours.at(-1)];
    const growthMegabytes = early && late ? late.heapMegabytes - early.heapMegabytes : Number.NaN;
    const summary = {
      bundleKilobytes,
      firstPollMs: firstPoll.median,
      firstPollSlowestMs: firstPoll.slowest,
      bareNodeMs: bareNode.median,
      polls: late?.polls ?? 0,
      growthMegabytes,
    };
    return { tables: { 'The wait task': [summary], 'A day of polling': hours }, ...summary, limits, hours };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Times {
  readonly median: number;
  readonly slowest: number;
}

/** Milliseconds from starting the process until its first request arrives. */
async function measureFirstPoll(bundle: string, folder: string): Promise<Times> {
  let arrived = (): void => {};
  const server = createServer((_request, response) => {
    arrived();
    response.writeHead(403, { 'content-type': 'application/json' }).end('{"code":"403","message":"no"}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const environment = {
    PATH: process.env.PATH ?? '',
    AGENT_TEMPDIRECTORY: folder,
    SYSTEM_COLLECTIONURI: 'https://dev.azure.com/contoso/',
    SYSTEM_TEAMPROJECTID: 'b32aa71e-8ed2-41b2-9d77-5bc261222004',
    BUILD_BUILDID: '1',
    INPUT_SERVICECONNECTION: 'bench',
    ENDPOINT_URL_bench: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ENDPOINT_AUTH_SCHEME_bench: 'Token',
    ENDPOINT_AUTH_PARAMETER_bench_APITOKEN: 'bench-token',
  };
  const times: number[] = [];
  for (let run = 0; run < starts; run++) {
    const started = performance.now();
    const firstRequest = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const child = spawn(process.execPath, [bundle], { env: environment, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await firstRequest;
    times.push(performance.now() - started);
    await ended;
  }
  server.close();
  return summarize(times);
}

function measureBareNode(): Times {
  return summarize(
    Array.from({ length: starts }, () => {
      const started = performance.now();
      execFileSync(process.execPath, ['-e', '']);
      return performance.now() - started;
    }),
  );
}

/** Runs the day in its own process, which can force garbage collection. */
function simulateDay(): HourOfPolling[] {
  const output = execFileSync(process.execPath, ['--expose-gc', '--import', 'tsx', 'bench/task/day.ts'], {
    encoding: 'utf8',
  });
  // The agent's library writes to standard output before it can be redirected.
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as HourOfPolling[];
}

function summarize(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    slowest: sorted.at(-1) ?? Number.NaN,
  };
}
