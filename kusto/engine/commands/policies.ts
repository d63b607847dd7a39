/**
 * Policies are stored and shown as they were given. The engine acts on `retention` alone; those of others
 * (caching, streaming ingestion, ingestion time) are true of it anyway, and one that would change what a
 * table holds, `update`, is refused unless it is empty.
 * https://learn.microsoft.com/kusto/management/policies
 */

import type { Catalog } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import { formatTimespan, parseTimespan } from '../functions/ticks.ts';
import { notFound } from '../store/entity-errors.ts';
import { run } from '../store/steps.ts';
import { type Command, type CommandContext, type CommandResult, columns } from './command.ts';
import type { CommandText } from './command-text.ts';

const COLUMNS = columns({
  PolicyName: 'string',
  EntityName: 'string',
  Policy: 'string',
  ChildEntities: 'string',
  EntityType: 'string',
});

type EntityType = 'table' | 'materialized-view' | 'database';

/** Kusto's names of policies, by the words that commands use. */
const POLICY_NAMES: Readonly<Record<string, string>> = {
  caching: 'CachingPolicy',
  encoding: 'EncodingPolicy',
  extent_tags_retention: 'ExtentTagsRetentionPolicy',
  ingestionbatching: 'IngestionBatchingPolicy',
  ingestiontime: 'IngestionTimePolicy',
  merge: 'ExtentsMergePolicy',
  partitioning: 'PartitioningPolicy',
  restricted_view_access: 'RestrictedViewAccessPolicy',
  retention: 'RetentionPolicy',
  roworder: 'RowOrderPolicy',
  sharding: 'ShardingPolicy',
  streamingingestion: 'StreamingIngestionPolicy',
  update: 'UpdatePolicy',
};

/** The policies by the words of commands. */
export const policyWords: readonly string[] = Object.keys(POLICY_NAMES);

const ENTITIES: readonly EntityType[] = ['table', 'materialized-view', 'database'];

export const policyCommands: readonly Command[] = [
  { words: 'alter tables', run: alterTables },
  ...ENTITIES.flatMap(commandsOf),
];

function commandsOf(type: EntityType): Command[] {
  return [
    { words: `alter ${type}`, about: 'policy', run: (text, context) => alter(text, context, type) },
    { words: `alter-merge ${type}`, about: 'policy', run: (text, context) => alter(text, context, type) },
    { words: `delete ${type}`, about: 'policy', run: (text, context) => remove(text, context, type) },
    { words: `show ${type}`, about: 'policy', run: (text, context) => show(text, context, type) },
  ];
}

async function alter(text: CommandText, context: CommandContext, type: EntityType): Promise<CommandResult> {
  const { entity, policy } = readSubject(text, context, type);
  const json = await set(text, context, [entity], policy);
  return answer(context, type, entity, policy, json);
}

/** `.alter tables (A, B) policy retention softdelete = 7d` */
async function alterTables(text: CommandText, context: CommandContext): Promise<CommandResult> {
  const { catalog } = context.database;
  const tables = text.names('a table').map((name) => existing(catalog, name, 'table'));
  const policy = readPolicyName(text);
  const json = await set(text, context, tables, policy);
  return {
    columns: COLUMNS,
    rows: tables.flatMap((table) => answer(context, 'table', table, policy, json).rows),
  };
}

/** Reads the policy and keeps it for the entities. */
async function set(
  text: CommandText,
  { database, timeout }: CommandContext,
  entities: readonly string[],
  policy: string,
): Promise<string> {
  const json = readPolicy(text, policy);
  if (policy === 'update' && !updatesNothing(json)) text.refuse('Update policies are not supported');
  const steps = entities.map((entity) =>
    run('INSERT OR REPLACE INTO "$policy" VALUES (?, ?, ?)', entity, policy, json),
  );
  text.end();
  await database.change((catalog) => ({ catalog, steps }), timeout);
  return json;
}

/** Whether an update policy is empty, or all of its entries are disabled. */
function updatesNothing(json: string): boolean {
  const policy: unknown = JSON.parse(json);
  const entries: readonly unknown[] = Array.isArray(policy) ? policy : [policy];
  return entries.every(
    (entry) =>
      entry === null || (typeof entry === 'object' && 'IsEnabled' in entry && entry.IsEnabled === false),
  );
}

async function remove(text: CommandText, context: CommandContext, type: EntityType): Promise<CommandResult> {
  const { entity, policy } = readSubject(text, context, type);
  text.end();
  await context.database.change(
    (catalog) => ({
      catalog,
      steps: [run('DELETE FROM "$policy" WHERE entity = ? AND policy = ?', entity, policy)],
    }),
    context.timeout,
  );
  return answer(context, type, entity, policy, 'null');
}

function show(text: CommandText, context: CommandContext, type: EntityType): CommandResult {
  const { entity, policy } = readSubject(text, context, type);
  const [row] = context.database.settings(
    'SELECT json FROM "$policy" WHERE entity = ? AND policy = ?',
    [entity, policy],
    columns({ json: 'string' }),
  );
  return answer(context, type, entity, policy, row ? String(row[0]) : 'null');
}

/** `T policy retention`: the entity and the policy must exist. A database's are kept under ''. */
function readSubject(text: CommandText, context: CommandContext, type: EntityType) {
  const name = text.name(`a ${type}`);
  const entity = type === 'database' ? '' : existing(context.database.catalog, name, type);
  return { entity, policy: readPolicyName(text) };
}

function readPolicyName(text: CommandText): string {
  text.word('policy');
  const start = text.position;
  const policy = text.anyWord('the name of a policy');
  if (!Object.hasOwn(POLICY_NAMES, policy)) {
    throw new KqlError(`'${policy}' is not a policy; use one of ${Object.keys(POLICY_NAMES).join(', ')}`, {
      position: start,
    });
  }
  return policy;
}

function existing(catalog: Catalog, name: string, type: EntityType): string {
  const wanted = type === 'table' ? 'table' : 'view';
  if (catalog.entities.get(name)?.kind === wanted) return name;
  throw type === 'table'
    ? notFound('Table', name, catalog.tables)
    : notFound('MaterializedView', name, catalog.views);
}

/** The policy as JSON, from JSON text, from `enable`/`disable`/`true`/`false`, or from `softdelete = 7d` and the like. */
function readPolicy(text: CommandText, policy: string): string {
  const literal = text.tryString();
  if (literal !== undefined) return checkedJson(text, literal);
  if (text.sees('{') || text.sees('[')) return checkedJson(text, text.rest());
  if (text.tryWord('enable') || text.tryWord('true')) return JSON.stringify({ IsEnabled: true });
  if (text.tryWord('disable') || text.tryWord('false')) return JSON.stringify({ IsEnabled: false });
  const settings: Record<string, string> = {};
  while (!text.atEnd) {
    const name = text.anyWord('a setting of the policy');
    text.expect('=');
    settings[name] = text.value(`the value of '${name}'`);
    text.try(',');
  }
  return JSON.stringify(named(text, policy, settings));
}

function named(text: CommandText, policy: string, settings: Readonly<Record<string, string>>): object {
  const span = (setting: string | undefined): string => {
    const ticks = setting === undefined ? null : parseTimespan(setting);
    return ticks === null ? text.refuse(`'${setting}' is not a timespan`) : formatTimespan(ticks);
  };
  if (policy === 'retention' && settings.softdelete !== undefined) {
    const recoverable = (settings.recoverability ?? 'enabled').toLowerCase() === 'enabled';
    return {
      SoftDeletePeriod: span(settings.softdelete),
      Recoverability: recoverable ? 'Enabled' : 'Disabled',
    };
  }
  if (policy === 'caching' && settings.hot !== undefined) {
    const hot = span(settings.hot);
    return { DataHotSpan: { Value: hot }, IndexHotSpan: { Value: hot } };
  }
  return settings;
}

function checkedJson(text: CommandText, json: string): string {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return text.refuse('The policy is not valid JSON');
  }
}

function answer(
  { database }: CommandContext,
  type: EntityType,
  entity: string,
  policy: string,
  json: string,
): CommandResult {
  const kinds = { table: 'Table', 'materialized-view': 'MaterializedView', database: 'Database' };
  const name = entity === '' ? `[${database.name}]` : `[${database.name}].[${entity}]`;
  return { columns: COLUMNS, rows: [[POLICY_NAMES[policy] ?? policy, name, json, '', kinds[type]]] };
}
