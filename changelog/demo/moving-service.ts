/**
 * A deployment that moves while somebody looks: a new run of one service of Payments goes through its environments, and
 * each of its events is ingested when it happens.
 */

import type { KustoClient } from '../../kusto/client/client.ts';
import { sleep } from '../../net/sleep.ts';
import { type BuildContents, Recorder, type Run, type StageAttempt } from './hook-events.ts';
import { ingestRows, rowsOf } from './load-changelog-demo.ts';
import { paymentsProject } from './payments.ts';

export interface MovingOptions {
  /** Milliseconds between two steps. */
  readonly intervalMs?: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** Called after each step, when its events are in the database. */
  readonly onStep?: () => void;
  readonly now?: () => Date;
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

const service = { id: 14, name: 'settlement-worker' } as const;
const author = 'grace.hopper@contoso.com';
const targets = [
  { stage: 'deploy_dev', environment: 'dev' },
  { stage: 'deploy_test', environment: 'test' },
  { stage: 'deploy_staging', environment: 'staging' },
  { stage: 'deploy_production', environment: 'production' },
] as const;

/** Runs it once. @returns when production has it, or when `signal` is aborted */
export async function moveService(database: KustoClient, options: MovingOptions = {}): Promise<void> {
  const { intervalMs = 10_000, signal, now = () => new Date(), wait = sleep, onStep } = options;
  const began = now();
  const recorder = new Recorder(paymentsProject, began.toISOString());
  const repository = recorder.repository(service.name);
  const commit = {
    id: recorder.commitId(`moving ${began.toISOString()}`),
    message: 'Settle in batches',
    author,
    time: began,
  };
  const before = recorder.commitId(`before ${began.toISOString()}`);
  recorder.pushed({ repository, ref: 'refs/heads/main', before, commits: [commit], by: author, time: began });
  const run: Run = {
    // Seconds since 2023: later than every run of the past.
    id: Math.floor(began.getTime() / 1_000) - 1_672_531_200,
    number: `${began.toISOString().slice(0, 10).replaceAll('-', '')}.${began.getUTCHours() * 60 + began.getUTCMinutes()}`,
    pipeline: service,
    repository,
    branch: 'refs/heads/main',
    commit: commit.id,
    requestedFor: author,
    created: began,
  };
  recorder.runChanged(run, 'inProgress', began);
  for (const step of stepsOf(recorder, run, { commits: [commit], workItems: [] })) {
    if (signal?.aborted) return;
    step(now());
    await ingestRows(database, rowsOf(recorder));
    recorder.forget();
    onStep?.();
    await wait(intervalMs, signal);
  }
}

/** What happens, step by step; each step takes the time at which it happens. */
function stepsOf(
  recorder: Recorder,
  run: Run,
  contents: Omit<BuildContents, 'build'>,
): ((time: Date) => void)[] {
  const attempts = targets.map(({ stage, environment }) => ({
    which: { run, stage, attempt: 1 },
    environment,
  }));
  const build: StageAttempt = { run, stage: 'build', attempt: 1 };
  return [
    (time) => recorder.stageChanged(build, 'running', time),
    (time) => recorder.stageChanged(build, 'completed', time, 'succeeded'),
    ...attempts.flatMap(({ which, environment }) => [
      (time: Date) => {
        recorder.deploysTo(run, which.stage, environment, time);
        recorder.stageChanged(which, 'running', time);
      },
      (time: Date) => recorder.stageChanged(which, 'completed', time, 'succeeded'),
    ]),
    (time) => {
      recorder.runChanged(run, 'completed', time, 'succeeded');
      recorder.built(run, 'succeeded', time, contents);
    },
  ];
}
