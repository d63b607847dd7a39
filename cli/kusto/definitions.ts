/** `kusto plan` and `kusto apply`. */
import type { KustoClient } from '../../kusto/client/client.ts';
import { applySchemaPlan, planSchema } from '../../kusto/schema/apply.ts';
import { loadEnvironment } from '../../kusto/schema/environment.ts';
import { describeSchemaPlan, type SchemaPlan } from '../../kusto/schema/schema-plan.ts';
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

export function apply(options: DefinitionOptions, { out, err }: Context): Promise<ExitCode> {
  return withDatabase(options, async (database) => {
    const made = await makePlan(database, options);
    out.block(describeSchemaPlan(made));
    await applySchemaPlan(database, made, ({ action, title }) => err.line(`${action} ${title}: done`));
    return exitCodes.success;
  });
}

function makePlan(database: KustoClient, options: DefinitionOptions): Promise<SchemaPlan> {
  return planSchema(database, options.database, loadEnvironment(options.environment), options.drop);
}
