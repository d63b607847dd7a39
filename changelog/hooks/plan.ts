/**
 * Plans the steps from the subscriptions that an organization has to those that the changelog needs. Pure: lists go
 * in, steps come out. Subscriptions that deliver elsewhere are never touched.
 */
import type { Project, Subscription, SubscriptionDraft } from '../../azure-devops/records.ts';
import { eventsOf, type HookEvent, type HookGroup } from './event-groups.ts';
import { deliversTo, type HookTarget } from './target.ts';

/** A subscription that should exist. */
export interface WantedHook {
  readonly project: Project;
  readonly event: HookEvent;
}

/** The subscriptions that should exist for some groups of events in some projects. */
export function wantedHooks(projects: readonly Project[], groups: readonly HookGroup[]): WantedHook[] {
  const events = eventsOf(groups);
  return projects.flatMap((project) => events.map((event) => ({ project, event })));
}

/** What to do about one subscription. */
export type HookStep = WantedHook &
  (
    | { readonly action: 'create' }
    /** Replaced in place; `differences` say what was wrong. */
    | {
        readonly action: 'update';
        readonly subscription: Subscription;
        readonly differences: readonly string[];
      }
    /** Its creator has left, and a subscription uses its creator's permissions: created anew, then deleted. */
    | {
        readonly action: 'recreate';
        readonly subscription: Subscription;
        readonly differences: readonly string[];
      }
    | { readonly action: 'keep'; readonly subscription: Subscription }
    /** A user disabled it on purpose. */
    | { readonly action: 'leave'; readonly subscription: Subscription }
    /** Delivers the same events to the same target again. */
    | { readonly action: 'duplicate'; readonly subscription: Subscription }
  );

export interface PlanInput {
  readonly wanted: readonly WantedHook[];
  readonly target: HookTarget;
  readonly existing: readonly Subscription[];
  /** Whether to write secrets again; they cannot be compared. */
  readonly renewSecrets: boolean;
}

/** Plans the steps, in the order of `wanted`. */
export function planHooks({ wanted, target, existing, renewSecrets }: PlanInput): HookStep[] {
  const ours = existing.filter((subscription) => deliversTo(target, subscription));
  return wanted.flatMap((hook): HookStep[] => {
    const [best, ...others] = ours
      .filter((subscription) => isFor(hook, subscription))
      .map((subscription) => ({ subscription, differences: differencesOf(hook, target, subscription) }))
      .sort((a, b) => a.differences.length - b.differences.length);
    if (best === undefined) return [{ ...hook, action: 'create' }];
    const duplicates = others.map(({ subscription }) => ({
      ...hook,
      action: 'duplicate' as const,
      subscription,
    }));
    return [stepFor(hook, best.subscription, best.differences, renewSecrets), ...duplicates];
  });
}

function stepFor(
  hook: WantedHook,
  subscription: Subscription,
  differences: readonly string[],
  renewSecrets: boolean,
): HookStep {
  if (subscription.status === 'disabledByUser') return { ...hook, action: 'leave', subscription };
  if (isOrphaned(subscription)) {
    return {
      ...hook,
      action: 'recreate',
      subscription,
      differences: ['its creator has left', ...differences],
    };
  }
  const reasons = renewSecrets ? [...differences, 'secrets are renewed'] : differences;
  return reasons.length === 0
    ? { ...hook, action: 'keep', subscription }
    : { ...hook, action: 'update', subscription, differences: reasons };
}

/** Whether the person whose permissions a subscription uses has left. */
export function isOrphaned({ status, createdBy }: Subscription): boolean {
  return (
    status === 'disabledByInactiveIdentity' ||
    createdBy?.inactive === true ||
    createdBy?.isDeletedInOrigin === true
  );
}

/** Whether a subscription is for this project and event, whatever its filters. */
export function isFor({ project, event }: WantedHook, subscription: Subscription): boolean {
  return (
    subscription.publisherId === event.publisherId &&
    subscription.eventType === event.eventType &&
    subscription.publisherInputs.projectId?.toLowerCase() === project.id.toLowerCase()
  );
}

/** Publisher inputs that are not filters; Azure DevOps adds the second. */
const ownInputs = new Set(['projectId', 'tfsSubscriptionId']);

/** How a subscription differs from the wanted one, each difference in a few words. */
export function differencesOf(
  { event }: WantedHook,
  target: HookTarget,
  subscription: Subscription,
): string[] {
  const differences: string[] = [];
  if (subscription.status !== 'enabled') differences.push(`status is ${subscription.status}`);
  if (subscription.resourceVersion !== event.resourceVersion) {
    differences.push(`version is ${subscription.resourceVersion ?? 'not set'}, not ${event.resourceVersion}`);
  }
  for (const [name, value] of Object.entries(subscription.publisherInputs)) {
    if (value && !ownInputs.has(name)) differences.push(`filter ${name} is ${value}, not empty`);
  }
  for (const [name, value] of Object.entries(target.settings)) {
    const found = subscription.consumerInputs[name] ?? '';
    if (found !== value) differences.push(`${name} is ${found === '' ? 'not set' : found}, not ${value}`);
  }
  return differences;
}

/** The request body for a wanted subscription. */
export function draftOf(
  { project, event }: WantedHook,
  target: HookTarget,
  secrets: Readonly<Record<string, string>>,
): SubscriptionDraft {
  return {
    ...event,
    consumerId: target.consumerId,
    consumerActionId: target.consumerActionId,
    publisherInputs: { projectId: project.id },
    consumerInputs: { ...target.identity, ...target.settings, ...secrets },
  };
}
