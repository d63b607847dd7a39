/** `hooks remove`: deletes the subscriptions that deliver to the target, and no others. */
import type { AzureDevOps } from '../../azure-devops/client.ts';
import type { Subscription } from '../../azure-devops/records.ts';
import { planHooks, type WantedHook } from './plan.ts';
import type { HookTarget } from './target.ts';

export interface RemoveInput {
  readonly wanted: readonly WantedHook[];
  readonly target: HookTarget;
  /** Keeps the best of each and deletes the others. */
  readonly duplicatesOnly: boolean;
  readonly dryRun: boolean;
}

export interface Removal {
  readonly project: string;
  readonly subscription: Subscription;
  readonly done: boolean;
}

/** Deletes, one by one. @throws AzureDevOpsError at the first that is refused */
export async function* removeHooks(devOps: AzureDevOps, input: RemoveInput): AsyncGenerator<Removal> {
  const steps = planHooks({ ...input, existing: await devOps.subscriptions(), renewSecrets: false });
  for (const step of steps) {
    if (step.action === 'create' || (input.duplicatesOnly && step.action !== 'duplicate')) continue;
    if (!input.dryRun) await devOps.deleteSubscription(step.subscription.id);
    yield { project: step.project.name, subscription: step.subscription, done: !input.dryRun };
  }
}
