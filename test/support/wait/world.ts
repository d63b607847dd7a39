/** Builders for the tests of waiting: deployments, criteria, and a world with a clock of its own. */
import type { Deployment, Entity, Progress } from '../../../api/contract.ts';
import { type CriteriaTexts, readCriteria, type WaitCriteria } from '../../../wait/criteria.ts';
import type { Observation } from '../../../wait/progress.ts';
import { type WaitProgress, type WaitResult, waitForDeployments } from '../../../wait/wait.ts';

export const minutes = (count: number) => count * 60_000;

export function deployment(id: string, state: string, more: Partial<Deployment> = {}): Deployment {
  return {
    Id: id,
    StartTime: '2026-02-01T10:00:00.0000000Z',
    EndTime: null,
    DeploymentUrl: `https://rollouts.example/${id}`,
    Source: 'expressv2',
    ChangeOwner: 'owner',
    ChangeOwnerType: 'ServiceId',
    ChangeState: state,
    Payloads: [{ Id: `service/${id}=1.0`, ProgressionLink: 'https://progress.example' }],
    LastUpdateTime: '2026-02-01T10:00:00.0000000Z',
    ...more,
  };
}

export function criteria(texts: CriteriaTexts = {}): WaitCriteria {
  const reading = readCriteria(texts);
  if (reading.mistakes) throw new Error(JSON.stringify(reading.mistakes));
  return reading.criteria;
}

/** Counts of entities: so many that succeeded of so many, so many that failed, and the others in progress. */
export const progress = (succeeded: number, total: number, failed = 0): Progress => ({
  Total: total,
  NotStarted: 0,
  InProgress: total - succeeded - failed,
  Blocked: 0,
  Succeeded: succeeded,
  Failed: failed,
  Canceled: 0,
  Unknown: 0,
});

/** A region that has failed. */
export const failedRegion = (id: string, changeState = 'Failed'): Entity => ({
  Type: 'Region',
  Id: id,
  State: 'failed',
  ChangeState: changeState,
  Payload: 'service/a=1.0',
  StartTime: null,
  EndTime: null,
  LastUpdateTime: '2026-02-01T10:00:00.0000000Z',
  PlannedInterruption: '',
  ImpactDuration: '',
});

export const found = (...deployments: Deployment[]): Observation => ({ kind: 'deployments', deployments });
export const away = (retryAfterMs?: number): Observation => ({
  kind: 'away',
  message: 'connection refused',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

export interface WorldRun {
  readonly result: WaitResult;
  /** When each poll was made, in milliseconds since the wait began, and what it brought. */
  readonly polls: readonly { readonly at: number; readonly observation: Observation }[];
  readonly pauses: readonly number[];
  readonly reports: readonly WaitProgress[];
}

/** Lets a wait run through a history (time since its begin to observation) without real time passing. */
export async function runWait(
  texts: CriteriaTexts,
  history: (elapsedMs: number) => Observation,
  options: { random?: () => number; cancelAt?: number; pollTakesMs?: number } = {},
): Promise<WorldRun> {
  const began = Date.parse('2026-02-01T10:00:00Z');
  let now = began;
  const polls: WorldRun['polls'][number][] = [];
  const pauses: number[] = [];
  const reports: WaitProgress[] = [];
  const cancellation = new AbortController();
  const pass = (milliseconds: number) => {
    now += milliseconds;
    if (options.cancelAt !== undefined && now - began >= options.cancelAt) cancellation.abort();
  };
  const result = await waitForDeployments(criteria(texts), {
    signal: cancellation.signal,
    now: () => now,
    random: options.random ?? (() => 0.5),
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      pass(milliseconds);
    },
    poll: async () => {
      const observation = history(now - began);
      polls.push({ at: now - began, observation });
      pass(options.pollTakesMs ?? 0);
      return observation;
    },
    report: (progress) => reports.push(progress),
  });
  return { result, polls, pauses, reports };
}
