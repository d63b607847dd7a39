/**
 * Brings a database into line with the definitions: reads what it has, compares, and runs the commands of the plan
 * in order. Applying the same definitions twice changes nothing the second time.
 */
import { sleep } from '../../net/sleep.ts';
import type { KustoClient } from '../client/client.ts';
import type { Definition } from './definitions.ts';
import { type Environment, loadEnvironment, render } from './environment.ts';
import { readLive } from './live.ts';
import { loadDefinitions } from './load.ts';
import { makeSchemaPlan, type SchemaPlan, type SchemaStep } from './schema-plan.ts';

/** The database refused a step. The steps before it have been applied. */
export class ApplyError extends Error {
  override readonly name = 'ApplyError';
}

const operationPollMs = 2_000;

/**
 * Plans what applying the definitions of `kusto/` would do to a database.
 *
 * @param name the database's name
 * @param drop names of objects to drop
 * @throws SchemaPlanError, EnvironmentError, DefinitionError, KustoError
 */
export async function planSchema(
  database: KustoClient,
  name: string,
  environment: Environment = loadEnvironment('local'),
  drop: readonly string[] = [],
): Promise<SchemaPlan> {
  const wanted: Definition[] = render(loadDefinitions(), environment);
  return makeSchemaPlan(wanted, await readLive(database, name, wanted), drop);
}

/**
 * Runs a plan's commands.
 *
 * @param onStep called after each step
 * @throws ApplyError that names the step that was refused
 */
export async function applySchemaPlan(
  database: KustoClient,
  plan: SchemaPlan,
  onStep: (step: SchemaStep) => void = () => {},
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
