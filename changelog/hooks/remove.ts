/** `hooks remove`: deletes the subscriptions that deliver to the target. */
import type { AzureDevOps } from '../../azure-devops/client.ts';
import type { Subscription } from '../../azure-devops/records.ts';
import { planHooks, type WantedHook } from './plan.ts';
import type { HookTarget } from './target.ts';

export interface RemoveInput {
  readonly wanted: readonly WantedHook[];
  readonly target: HookTarget;
  /** Keeps one subscription for each event and deletes its duplicates. */
  readonly duplicatesOnly: boolean;
  readonly dryRun: boolean;
}

/** A subscription that was deleted or, in a dry run, would be. */
export interface Removal {
  readonly project: string;
  readonly subscription: Subscription;
  readonly done: boolean;
}

/** Deletes subscriptions one by one. @throws AzureDevOpsError at the first that is refused */
export async function* removeHooks(devOps: AzureDevOps, input: RemoveInput): AsyncGenerator<Removal> {
  const steps = planHooks({ ...input, existing: await devOps.subscriptions(), renewSecrets: false });
  for (const step of steps) {
    if (step.action === 'create' || (input.duplicatesOnly && step.action !== 'duplicate')) continue;
    if (!input.dryRun) await devOps.deleteSubscription(step.subscription.id);
    yield { project: step.project.name, subscription: step.subscription, done: !input.dryRun };
  }
}
