/**
 * Diagnoses one subscription and says what to do about it. Pure. Service hooks fail silently: a subscription on
 * probation loses events, then it is disabled, and Azure DevOps notifies nobody.
 */
import type { HookStep } from './plan.ts';

export interface HookFacts {
  /** When the changelog last received such an event from this project; undefined for never. */
  readonly lastSeen: string | undefined;
  /** Whether `lastSeen` is reliable: the changelog could be queried, and it keeps such events. */
  readonly seenIsKnown: boolean;
  /** The error of the latest failed delivery. */
  readonly lastError: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Diagnosis {
  /** A `problem` loses events, now or soon; a `warning` is worth a look. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly finding: string;
  /** What to do, in whole sentences; empty where nothing needs to be done. */
  readonly advice: string;
}

/** Longer than a healthy changelog ever takes from delivery to row. */
const longestLagMs = 15 * 60_000;
const quietAfterMs = 24 * 3600_000;

const ok: Diagnosis = { level: 'ok', finding: 'healthy', advice: '' };
const createAgain = 'Run deployments hooks create.';

/** Diagnoses the difference between a subscription and the wanted one. */
export function diagnose(step: HookStep, facts: HookFacts): Diagnosis {
  switch (step.action) {
    case 'create':
      return { level: 'problem', finding: 'no subscription', advice: createAgain };
    case 'leave':
      return {
        level: 'warning',
        finding: 'disabled by a user',
        advice:
          'Enable it in the project settings, under Service hooks, or remove it and run deployments hooks create.',
      };
    case 'duplicate':
      return {
        level: 'warning',
        finding: `duplicate (${step.subscription.id})`,
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
    advice: `${createAgain} Use an account that will not be removed.${closeGap(subscription.lastSuccessfulAttemptDate)}`,
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
      advice: `Fix the receiving end. ${createAgain}${closeGap(lastSuccess)}`,
    };
  }
  if (subscription.status === 'onProbation') {
    const retries = subscription.probationRetries ?? 0;
    return {
      level: 'problem',
      finding: `on probation, ${retries} of 7 retries: events are being lost${because}`,
      advice: `Fix the receiving end before Azure DevOps disables the subscription. ${createAgain}${closeGap(lastSuccess)}`,
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
      advice: 'Perhaps there has been no such event yet; otherwise look at the history of the subscription.',
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
    advice: `Check that the changelog is running, and what deployments changelog poison list shows.${closeGap(facts.lastSeen ?? created)}`,
  };
}

function closeGap(since: string | null | undefined): string {
  return since ? ` Then run deployments reconcile --since ${since}.` : '';
}
