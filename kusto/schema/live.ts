/**
 * Reads what a database has as definitions, to compare it with the files. Only policies that the files set are read:
 * Kusto has many more kinds.
 */
import type { KustoClient } from '../client/client.ts';
import type { Row } from '../client/rows.ts';
import { kqlKind } from './commands.ts';
import type {
  ColumnDefinition,
  Definition,
  FunctionDefinition,
  PolicyDefinition,
  PolicyName,
  TableDefinition,
  ViewDefinition,
} from './definitions.ts';

/**
 * Reads the tables, views and functions of a database, and those of its policies that `wanted` sets.
 *
 * @param name the database's name
 */
export async function readLive(
  database: KustoClient,
  name: string,
  wanted: readonly Definition[],
): Promise<Definition[]> {
  const tables = (await database.command(`.show database ['${name}'] cslschema`)).map(tableOf);
  const views = (await database.command('.show materialized-views')).map(viewOf);
  const functions = (await database.command('.show functions')).map(functionOf);
  const viewNames = new Set(views.map((view) => view.name));
  const ownTables = tables.filter((table) => !viewNames.has(table.name));
  const policies = await readPolicies(database, wanted, [...ownTables, ...views]);
  return [...ownTables, ...functions, ...views, ...policies];
}

async function readPolicies(
  database: KustoClient,
  wanted: readonly Definition[],
  there: readonly (TableDefinition | ViewDefinition)[],
): Promise<PolicyDefinition[]> {
  const policies: PolicyDefinition[] = [];
  for (const definition of wanted) {
    if (definition.kind !== 'policy') continue;
    const { on, name, policy } = definition;
    if (!there.some((object) => object.kind === on && object.name === name)) continue;
    const [row] = await database.command(`.show ${kqlKind(on)} ${name} policy ${policy}`);
    const setting = settingOf(policy, row ? parsed(row.Policy) : null);
    if (setting !== undefined) policies.push({ ...definition, setting });
  }
  return policies;
}

function tableOf(row: Row): TableDefinition {
  return {
    kind: 'table',
    name: cell(row, 'TableName'),
    columns: columnsOf(cell(row, 'Schema')),
    ...described(row),
  };
}

function columnsOf(schema: string): ColumnDefinition[] {
  return schema
    .split(',')
    .map((column) => column.split(':'))
    .map(([name = '', type = '']) => ({
      name: name.trim().replace(/^\['(.*)'\]$/, '$1'),
      type: type.trim(),
    }));
}

function functionOf(row: Row): FunctionDefinition {
  return {
    kind: 'function',
    name: cell(row, 'Name'),
    parameters: cell(row, 'Parameters')
      .trim()
      .replace(/^\(([\s\S]*)\)$/, '$1'),
    body: cell(row, 'Body')
      .trim()
      .replace(/^\{([\s\S]*)\}$/, '$1'),
    skipValidation: false,
    ...described(row),
  };
}

function viewOf(row: Row): ViewDefinition {
  return {
    kind: 'view',
    name: cell(row, 'Name'),
    source: cell(row, 'SourceTable'),
    query: cell(row, 'Query')
      .trim()
      .replace(/^\{([\s\S]*)\}$/, '$1'),
    ...described(row),
  };
}

/** The JSON of a policy in the words of the command that sets it; undefined if there is none. */
function settingOf(policy: PolicyName, json: unknown): string | undefined {
  switch (policy) {
    case 'retention': {
      const period = days(member(json, 'SoftDeletePeriod'));
      const recoverability = String(member(json, 'Recoverability') ?? 'Enabled').toLowerCase();
      return period && `softdelete = ${period} recoverability = ${recoverability}`;
    }
    case 'caching': {
      const span = member(json, 'DataHotSpan');
      const period = days(member(span, 'Value') ?? span);
      return period && `hot = ${period}`;
    }
    case 'streamingingestion':
      return member(json, 'IsEnabled') === true ? 'enable' : undefined;
    case 'ingestiontime':
      return member(json, 'IsEnabled') === true ? 'true' : undefined;
  }
}

/** `730.00:00:00` as `730d`; other spans as they are. */
function days(span: unknown): string | undefined {
  return typeof span === 'string' ? span.replace(/^(\d+)\.00:00:00$/, '$1d') : undefined;
}

function member(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
}

function parsed(cellValue: unknown): unknown {
  return typeof cellValue === 'string' && cellValue !== '' ? JSON.parse(cellValue) : cellValue;
}

function described(row: Row): { folder: string; docString: string } {
  return { folder: cell(row, 'Folder'), docString: cell(row, 'DocString') };
}

function cell(row: Row, name: string): string {
  const value = row[name];
  return value === null || value === undefined ? '' : String(value);
}
