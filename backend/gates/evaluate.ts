/**
 * The synchronous form: one look, one answer, nothing remembered. The settle time therefore counts from the last
 * change of any deployment, not from when the criteria were first seen to hold, and the grace of a failure from when it
 * was reported.
 */
import type { WaitCriteria } from '../../wait/criteria.ts';
import { formatDuration } from '../../wait/duration.ts';
import type { Observation } from '../../wait/progress.ts';
import { judge, type Verdict } from '../../wait/verdict.ts';

/** The answer to a gate, whose success criterion is `eq(root['status'], 'satisfied')`. */
export interface Evaluation {
  readonly status: Verdict['kind'];
  readonly reason: string;
  readonly deployments: readonly {
    readonly source: string;
    readonly id: string;
    readonly state: string;
    readonly url: string;
  }[];
}

type Answered = Extract<Observation, { kind: 'deployments' | 'unknownBuild' }>;

/** Judges one look at a build. `now` is in milliseconds since 1970. */
export function evaluate(criteria: WaitCriteria, observation: Answered, now: number): Evaluation {
  const verdict =
    observation.kind === 'deployments'
      ? judge(criteria, observation.deployments, observation.failedEntities)
      : judge(criteria, []);
  const hint = observation.kind === 'unknownBuild' ? ` (${observation.message})` : '';
  const deployments = verdict.judged.map(({ deployment, state }) => ({
    source: deployment.Source,
    id: deployment.Id,
    state,
    url: deployment.DeploymentUrl,
  }));
  const grace = verdict.kind === 'failed' ? firstFailure(verdict) + criteria.failureGraceMs - now : 0;
  if (grace > 0) {
    const reason = `${verdict.reason}; this fails in ${formatDuration(grace)} unless a retry replaces it`;
    return { status: 'notYet', reason, deployments };
  }
  const left = verdict.needsSettling ? lastChange(verdict) + criteria.settleMs - now : 0;
  if (verdict.kind === 'satisfied' && left > 0) {
    const reason = `${verdict.reason}; the last change must be ${formatDuration(left)} older`;
    return { status: 'notYet', reason, deployments };
  }
  return { status: verdict.kind, reason: verdict.reason + hint, deployments };
}

function lastChange({ judged }: Verdict): number {
  const times = judged.flatMap(({ deployment }) => [
    deployment.StartTime,
    deployment.EndTime ?? deployment.StartTime,
    deployment.LastUpdateTime,
  ]);
  return Math.max(...times.map((time) => Date.parse(time)).filter(Number.isFinite));
}

/** When the failure that has stood longest was reported; where no entity tells, when its deployment last changed. */
function firstFailure({ judged }: Verdict): number {
  const times = judged
    .filter(({ standing }) => standing === 'failed')
    .flatMap(({ deployment, failedEntities = [] }) =>
      failedEntities.length > 0
        ? failedEntities.map(({ LastUpdateTime }) => LastUpdateTime)
        : [deployment.LastUpdateTime],
    );
  return Math.min(...times.map((time) => Date.parse(time)).filter(Number.isFinite));
}
