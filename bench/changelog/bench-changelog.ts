/**
 * `npm run bench -- changelog`: sends service hook events to the webhook of the server on the embedded engine, and
 * measures how many are committed per second and how long an event takes to become visible in the latest-state view
 * and in B2D; once with events only, and once with reads as well. Another process generates the load.
 */

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKusto } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { getRunStages } from '../../kusto/client/functions.ts';
import { sleep } from '../../net/sleep.ts';
import type { BenchReport } from '../report.ts';
import { project, stageBody } from './events.ts';
import type { LoadReport } from './load.ts';

export interface ChangelogBenchOptions {
  readonly seconds: number;
  readonly connections: number;
  /** Reads per second in the second round. */
  readonly reads: number;
}

const secret = 'a secret for the benchmark';
const tsx = createRequire(import.meta.url).resolve('tsx');
const server = new URL('../../backend/hosts/server.ts', import.meta.url).pathname;
const load = new URL('./load.ts', import.meta.url).pathname;

/** Starts the server and runs the measurements. */
export async function benchChangelog(options: ChangelogBenchOptions): Promise<BenchReport> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-changelog-'));
  // Not empty, so that the server does not load the demo data.
  writeFileSync(join(folder, 'bench'), '');
  const child = startServer(folder);
  try {
    const { api, kusto } = await addressesOf(child);
    const target = { api, kusto, pid: child.pid ?? 0 };
    process.stderr.write('warming up\n');
    await measure({ ...options, seconds: 10, reads: 0 }, target);
    const alone = await measure({ ...options, reads: 0 }, target);
    const withReads = await measure(options, target);
    return { options, tables: { changelog: [alone, withReads] } };
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

function startServer(folder: string): ChildProcess {
  return spawn(process.execPath, ['--import', tsx, server], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A cached answer of B2D would hide when an event becomes visible.
    env: {
      ...process.env,
      PORT: '0',
      DATA_DIR: folder,
      CHANGELOG_SECRET: secret,
      B2D_CACHE_SECONDS: '0',
      LOG_LEVEL: 'warn',
    },
  });
}

async function addressesOf(child: ChildProcess): Promise<{ api: string; kusto: string }> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    const [, api] = /^API\s+(\S+)$/m.exec(text) ?? [];
    const [, kusto] = /^Kusto\s+(\S+)/m.exec(text) ?? [];
    if (api && kusto) return { api, kusto };
  }
  throw new Error('The server ended before it was ready');
}

interface Target {
  readonly api: string;
  readonly kusto: string;
  readonly pid: number;
}

type Measured = Readonly<Record<string, number>>;

async function measure(options: ChangelogBenchOptions, target: Target): Promise<Measured> {
  process.stderr.write(`${options.seconds} s of events, ${options.reads} reads a second\n`);
  const before = residentMegabytes(target.pid);
  const { seconds, connections, reads } = options;
  const generator = fork(load, [JSON.stringify({ api: target.api, secret, seconds, connections, reads })], {
    execArgv: ['--import', tsx],
  });
  const reported = once(generator, 'message');
  const visible = await probe(target, options.seconds);
  const [report] = (await reported) as [LoadReport];
  return {
    'reads/s': options.reads,
    'events/s': Math.round(report.events / report.seconds),
    errors: report.errors,
    'post p50 ms': report.p50,
    'post p99 ms': report.p99,
    'view p50 ms': percentile(visible.view, 0.5),
    'view p99 ms': percentile(visible.view, 0.99),
    'B2D p50 ms': percentile(visible.b2d, 0.5),
    'B2D p99 ms': percentile(visible.b2d, 0.99),
    'read p99 ms': report.readP99,
    'MB before': before,
    'MB after': residentMegabytes(target.pid),
  };
}

/** How often an event is tracked, and how often a tracked event is polled. Both cost the server work. */
const probeMs = 500;
const pollMs = 50;
let nextProbe = 1;

/** Sends an event from time to time, and measures when it becomes visible. */
async function probe({ api, kusto }: Target, seconds: number): Promise<{ view: number[]; b2d: number[] }> {
  const database = openKusto({ cluster: kusto, database: 'NetDefaultDB', auth: { mode: 'none' } });
  const view: number[] = [];
  const b2d: number[] = [];
  const end = performance.now() + seconds * 1000;
  const watches: Promise<void>[] = [];
  while (performance.now() < end) {
    const runId = nextProbe++;
    const sentAt = performance.now();
    await post(api, stageBody(runId));
    const watch = async (times: number[], isVisible: () => Promise<boolean>): Promise<void> => {
      while (!(await isVisible())) await sleep(pollMs);
      times.push(performance.now() - sentAt);
    };
    const url = `${api}/b2d/v1/build2deployments?adoOrganizationName=bench&adoProjectId=${project}&adoBuildId=${runId}`;
    const stagesOfRun = { AdoOrganizationName: 'bench', AdoProjectId: project, AdoRunId: runId };
    watches.push(
      watch(view, async () => (await callFunction(database, getRunStages, stagesOfRun)).length === 1),
      watch(b2d, async () => (await fetch(url)).status === 200),
    );
    await sleep(probeMs);
  }
  await Promise.all(watches);
  database.close();
  return { view, b2d };
}

async function post(api: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-changelog-secret': secret };
  const response = await fetch(`${api}/hooks/v1/events`, { method: 'POST', headers, body });
  if (response.status !== 202) throw new Error(`The webhook answered ${response.status}`);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

function residentMegabytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
