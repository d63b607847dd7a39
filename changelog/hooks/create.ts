/** `hooks create`: creates missing subscriptions and repairs the others, and reports each step. */
import type { AzureDevOps } from '../../azure-devops/client.ts';
import { AzureDevOpsError } from '../../azure-devops/error.ts';
import { draftOf, type HookStep, planHooks, type WantedHook } from './plan.ts';
import type { HookTarget } from './target.ts';

export interface CreateInput {
  readonly wanted: readonly WantedHook[];
  readonly target: HookTarget;
  readonly secrets: Readonly<Record<string, string>>;
  readonly renewSecrets: boolean;
  readonly dryRun: boolean;
}

/** A step and its outcome. `error` never contains a secret, even if the service repeats one. */
export type StepOutcome = HookStep & { readonly done: boolean; readonly error?: string };

/**
 * Creates what is missing and fixes what differs. A refused subscription does not keep the others from being done.
 *
 * @throws AzureDevOpsError where the list cannot be read, or the token is refused altogether
 */
export async function* createHooks(devOps: AzureDevOps, input: CreateInput): AsyncGenerator<StepOutcome> {
  const steps = planHooks({ ...input, existing: await devOps.subscriptions() });
  for (const step of steps) {
    if (input.dryRun) {
      yield { ...step, done: false };
      continue;
    }
    try {
      yield { ...step, done: await carryOut(devOps, step, input) };
    } catch (error) {
      if (!(error instanceof AzureDevOpsError) || error.kind === 'unauthorized') throw error;
      yield { ...step, done: false, error: withoutSecrets(error.message, input.secrets) };
    }
  }
}

async function carryOut(
  devOps: AzureDevOps,
  step: HookStep,
  { target, secrets }: CreateInput,
): Promise<boolean> {
  const draft = draftOf(step, target, secrets);
  switch (step.action) {
    case 'create':
      await devOps.createSubscription(draft);
      return true;
    case 'update':
      await devOps.replaceSubscription(step.subscription.id, draft);
      return true;
    case 'recreate':
      // In this order no event is lost; events that arrive twice are recognised by their id.
      await devOps.createSubscription(draft);
      await devOps.deleteSubscription(step.subscription.id);
      return true;
    default:
      return false;
  }
}

function withoutSecrets(text: string, secrets: Readonly<Record<string, string>>): string {
  return Object.values(secrets).reduce((result, secret) => result.replaceAll(secret, '***'), text);
}
