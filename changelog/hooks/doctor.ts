/** `hooks doctor`: checks every wanted subscription, and whether its events arrive in the changelog. */
import type { AzureDevOps } from '../../azure-devops/client.ts';
import { type Diagnosis, diagnose } from './diagnose.ts';
import { type HookStep, planHooks, type WantedHook } from './plan.ts';
import type { HookTarget } from './target.ts';

/** When the changelog last received each type of event. */
export interface EventsSeen {
  /** The event types that the changelog keeps. */
  readonly kept: ReadonlySet<string>;
  /** ISO 8601 in UTC, by {@link seenKey}. */
  readonly last: ReadonlyMap<string, string>;
}

/** The key of {@link EventsSeen.last}. */
export const seenKey = (projectId: string, eventType: string): string =>
  `${projectId.toLowerCase()} ${eventType}`;

export interface DoctorInput {
  readonly wanted: readonly WantedHook[];
  readonly target: HookTarget;
  /** Undefined where the changelog cannot be queried. */
  readonly seen: EventsSeen | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One line of the doctor's report. */
export interface HookHealth extends Diagnosis {
  readonly project: string;
  readonly eventType: string;
  readonly subscriptionId: string | undefined;
  readonly status: string;
  readonly lastSuccess: string | undefined;
  readonly lastSeen: string | undefined;
}

/** Diagnoses the wanted subscriptions, in their order. @throws AzureDevOpsError */
export async function examineHooks(devOps: AzureDevOps, input: DoctorInput): Promise<HookHealth[]> {
  const steps = planHooks({ ...input, existing: await devOps.subscriptions(), renewSecrets: false });
  const healths: HookHealth[] = [];
  for (const step of steps) healths.push(await examine(devOps, step, input));
  return healths;
}

async function examine(devOps: AzureDevOps, step: HookStep, { seen, now }: DoctorInput): Promise<HookHealth> {
  const subscription = step.action === 'create' ? undefined : step.subscription;
  const lastSeen = seen?.last.get(seenKey(step.project.id, step.event.eventType));
  const failing =
    subscription !== undefined && ['disabledBySystem', 'onProbation'].includes(subscription.status);
  const diagnosis = diagnose(step, {
    lastSeen,
    seenIsKnown: seen?.kept.has(step.event.eventType) ?? false,
    lastError: failing ? await lastErrorOf(devOps, subscription.id) : undefined,
    now,
  });
  return {
    project: step.project.name,
    eventType: step.event.eventType,
    subscriptionId: subscription?.id,
    status: subscription?.status ?? 'missing',
    lastSuccess: subscription?.lastSuccessfulAttemptDate ?? undefined,
    lastSeen,
    ...diagnosis,
  };
}

async function lastErrorOf(devOps: AzureDevOps, subscriptionId: string): Promise<string | undefined> {
  const [latest] = await devOps.notifications(subscriptionId, 'failed', 1);
  return latest?.details?.errorMessage ?? undefined;
}
