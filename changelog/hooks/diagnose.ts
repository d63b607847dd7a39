/**
 * How healthy one subscription is and what to do about it. Pure. Service hooks die quietly: events of a
 * subscription on probation are lost, then it is disabled, and nobody is told.
 */
import type { HookStep } from './plan.ts';

export interface HookFacts {
  /** When the changelog last received an event of this kind from this project; undefined for never. */
  readonly lastSeen: string | undefined;
  /** Whether `lastSeen` is known at all: the changelog's data could be asked, and it keeps such events. */
  readonly seenIsKnown: boolean;
  /** Why the latest failed delivery failed. */
  readonly lastError: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Diagnosis {
  /** A `problem` loses events, now or soon; a `warning` deserves a look. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly finding: string;
  /** What to do, as sentences; empty where all is well. */
  readonly advice: string;
}

/** Longer than the longest that a healthy changelog takes between delivery and row. */
const longestLagMs = 15 * 60_000;
const quietAfterMs = 24 * 3600_000;

const ok: Diagnosis = { level: 'ok', finding: 'healthy', advice: '' };
const createAgain = 'Run deployments hooks create.';

/** Judges what stands between a subscription and the wanted one. */
export function diagnose(step: HookStep, facts: HookFacts): Diagnosis {
  switch (step.action) {
    case 'create':
      return { level: 'problem', finding: 'no subscription', advice: createAgain };
    case 'leave':
      return {
        level: 'warning',
        finding: 'switched off by a person',
        advice:
          'Switch it on in the project settings, under Service hooks, or remove it and run deployments hooks create.',
      };
    case 'duplicate':
      return {
        level: 'warning',
        finding: `the same events once more (${step.subscription.id})`,
        advice: 'Run deployments hooks remove --duplicates.',
      };
    case 'recreate':
      return orphaned(step);
    default:
      return existing(step, facts);
  }
}

type ExistingStep = Extract<HookStep, { readonly action: 'keep' | 'update' }>;

function orphaned({ subscription }: Extract<HookStep, { readonly action: 'recreate' }>): Diagnosis {
  const creator = subscription.createdBy?.displayName ?? 'its creator';
  const state = subscription.status === 'enabled' ? 'will be disabled' : 'is disabled';
  return {
    level: 'problem',
    finding: `${state}: ${creator} has left`,
    advice: `${createAgain} Do it with an account that stays.${closeGap(subscription.lastSuccessfulAttemptDate)}`,
  };
}

function existing(step: ExistingStep, facts: HookFacts): Diagnosis {
  const { subscription } = step;
  const lastSuccess = subscription.lastSuccessfulAttemptDate ?? undefined;
  const because = facts.lastError === undefined ? '' : `: ${facts.lastError}`;
  if (subscription.status === 'disabledBySystem') {
    return {
      level: 'problem',
      finding: `disabled by Azure DevOps after failed deliveries${because}`,
      advice: `Mend the receiving end. ${createAgain}${closeGap(lastSuccess)}`,
    };
  }
  if (subscription.status === 'onProbation') {
    const retries = subscription.probationRetries ?? 0;
    return {
      level: 'problem',
      finding: `on probation, ${retries} of 7 retries: events are being lost${because}`,
      advice: `Mend the receiving end before it is disabled. ${createAgain}${closeGap(lastSuccess)}`,
    };
  }
  if (step.action === 'update') {
    return { level: 'warning', finding: step.differences.join('; '), advice: createAgain };
  }
  return delivering(lastSuccess, subscription.createdDate ?? undefined, facts);
}

function delivering(
  lastSuccess: string | undefined,
  created: string | undefined,
  facts: HookFacts,
): Diagnosis {
  if (lastSuccess === undefined) {
    const age = created === undefined ? 0 : facts.now - Date.parse(created);
    if (age < quietAfterMs) return { ...ok, finding: 'healthy, nothing to deliver yet' };
    return {
      level: 'warning',
      finding: 'nothing delivered yet',
      advice: 'Nothing of this kind may have happened; if it has, look at the history of the subscription.',
    };
  }
  const lag =
    facts.lastSeen === undefined
      ? Number.POSITIVE_INFINITY
      : Date.parse(lastSuccess) - Date.parse(facts.lastSeen);
  if (!facts.seenIsKnown || lag <= longestLagMs || facts.now - Date.parse(lastSuccess) <= longestLagMs)
    return ok;
  return {
    level: 'problem',
    finding: `delivered, but not in the changelog${facts.lastSeen === undefined ? '' : ` since ${facts.lastSeen}`}`,
    advice: `See whether the changelog runs and what deployments changelog poison list shows.${closeGap(facts.lastSeen ?? created)}`,
  };
}

function closeGap(since: string | null | undefined): string {
  return since ? ` Then run deployments reconcile --since ${since}.` : '';
}
