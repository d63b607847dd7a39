/** `kusto plan` and `kusto apply`. */
import type { KustoClient } from '../../kusto/client/client.ts';
import { applySchemaPlan, planSchema } from '../../kusto/schema/apply.ts';
import { loadEnvironment } from '../../kusto/schema/environment.ts';
import {
  describeOutcome,
  describeSchemaPlan,
  describeStep,
  describeUnmanaged,
  type SchemaPlan,
  type SchemaStep,
} from '../../kusto/schema/schema-plan.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type ConnectionOptions, withDatabase } from './connection.ts';

export interface DefinitionOptions extends ConnectionOptions {
  readonly environment: string;
  readonly drop?: readonly string[];
  readonly check?: true;
}

export function plan(options: DefinitionOptions, { out }: Context): Promise<ExitCode> {
  return withDatabase(options, async (database) => {
    const made = await makePlan(database, options);
    out.block(describeSchemaPlan(made));
    return options.check && made.steps.length > 0 ? exitCodes.badNews : exitCodes.success;
  });
}

/** Prints each step when it has been applied, and at the end what was done, also where a step was refused. */
export function apply(options: DefinitionOptions, { out }: Context): Promise<ExitCode> {
  return withDatabase(options, async (database) => {
    const made = await makePlan(database, options);
    const done: SchemaStep[] = [];
    try {
      await applySchemaPlan(database, made, (step) => {
        done.push(step);
        out.block(describeStep(step));
      });
    } finally {
      out.block([...describeUnmanaged(made), describeOutcome(made, done)].join('\n'));
    }
    return exitCodes.success;
  });
}

function makePlan(database: KustoClient, options: DefinitionOptions): Promise<SchemaPlan> {
  return planSchema(database, options.database, loadEnvironment(options.environment), options.drop);
}
