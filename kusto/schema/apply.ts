/**
 * Brings a database to what the definitions say: reads what is there, plans, and runs the plan's commands in
 * order. Applied twice, the second time changes nothing.
 */
import { sleep } from '../../net/sleep.ts';
import type { KustoClient } from '../client/client.ts';
import type { Definition } from './definitions.ts';
import { type Environment, loadEnvironment, render } from './environment.ts';
import { readLive } from './live.ts';
import { loadDefinitions } from './load.ts';
import { makePlan, type Plan, type PlannedStep } from './plan.ts';

/** A step that the database refused; what came before it has been applied. */
export class ApplyError extends Error {
  override readonly name = 'ApplyError';
}

const operationPollMs = 2_000;

/**
 * What applying this folder would do to a database.
 *
 * @param name the database's name
 * @param drop names of objects to drop
 * @throws PlanError, EnvironmentError, DefinitionError, KustoError
 */
export async function planFor(
  database: KustoClient,
  name: string,
  environment: Environment = loadEnvironment('local'),
  drop: readonly string[] = [],
): Promise<Plan> {
  const wanted: Definition[] = render(loadDefinitions(), environment);
  return makePlan(wanted, await readLive(database, name, wanted), drop);
}

/**
 * Runs a plan's commands.
 *
 * @param onStep is told of each step when it is done
 * @throws ApplyError naming the step that was refused
 */
export async function applyPlan(
  database: KustoClient,
  plan: Plan,
  onStep: (step: PlannedStep) => void = () => {},
): Promise<void> {
  for (const step of plan.steps) {
    try {
      const [row] = await database.command(step.command);
      if (typeof row?.OperationId === 'string') await operationEnd(database, row.OperationId);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApplyError(`${step.action} ${step.title}: ${reason}`, { cause: error });
    }
    onStep(step);
  }
}

async function operationEnd(database: KustoClient, id: string): Promise<void> {
  for (;;) {
    const [operation] = await database.command(`.show operations ${id}`);
    const state = String(operation?.State ?? 'Unknown');
    if (state === 'Completed') return;
    if (state !== 'InProgress' && state !== 'Scheduled') throw new Error(`${state}: ${operation?.Status}`);
    await sleep(operationPollMs);
  }
}
