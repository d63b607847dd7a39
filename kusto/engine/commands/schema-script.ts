/** The commands that make a database's entities anew, as `.show database schema as csl script` gives them. */
import type { MaterializedView, StoredFunction, Table } from '../catalog.ts';
import type { EngineDatabase } from '../store/database.ts';
import { columns } from './command.ts';
import { mappings } from './ingestion-mappings.ts';
import { columnsText, parametersText, writtenName } from './schema-text.ts';

/** One command each: tables, their mappings, functions, views, and the policies of all. */
export function schemaScript(database: EngineDatabase): string[] {
  const { tables, functions, views } = database.catalog;
  return [
    ...tables.map(tableCommand),
    ...tables.flatMap(({ name }) => mappingCommands(database, name)),
    ...functions.map(functionCommand),
    ...views.map(viewCommand),
    ...policyCommands(database),
  ];
}

function tableCommand(table: Table): string {
  return `.create-merge table ${writtenName(table.name)} (${columnsText(table.columns)})${withProperties(described(table))}`;
}

function mappingCommands(database: EngineDatabase, table: string): string[] {
  return mappings(database, table).map(
    ({ kind, name, json }) =>
      `.create-or-alter table ${writtenName(table)} ingestion ${kind} mapping ${text(name)} ${text(json)}`,
  );
}

/** Without validation, since functions may call each other. */
function functionCommand(stored: StoredFunction): string {
  const properties = withProperties([
    ...described(stored),
    ...(stored.isView ? [['view', 'true'] as const] : []),
    ['skipvalidation', 'true'],
  ]);
  return `.create-or-alter function${properties} ${writtenName(stored.name)} ${parametersText(stored)} {${stored.body}}`;
}

function viewCommand(view: MaterializedView): string {
  const properties = withProperties(described(view));
  return `.create ifnotexists materialized-view${properties} ${writtenName(view.name)} on table ${writtenName(view.source)} {${view.query}}`;
}

function policyCommands(database: EngineDatabase): string[] {
  const rows = database.settings(
    'SELECT entity, policy, json FROM "$policy" ORDER BY entity, policy',
    [],
    columns({ entity: 'string', policy: 'string', json: 'string' }),
  );
  return rows.flatMap(([entity, policy, json]) => {
    const subject = subjectOf(database, String(entity));
    return subject === undefined ? [] : [`.alter ${subject} policy ${policy} ${text(String(json))}`];
  });
}

function subjectOf({ name, catalog }: EngineDatabase, entity: string): string | undefined {
  if (entity === '') return `database ${writtenName(name)}`;
  const kind = catalog.entities.get(entity)?.kind;
  if (kind === 'table') return `table ${writtenName(entity)}`;
  return kind === 'view' ? `materialized-view ${writtenName(entity)}` : undefined;
}

function described({ folder, docString }: Pick<Table, 'folder' | 'docString'>): [string, string][] {
  const all: [string, string][] = [
    ['folder', folder],
    ['docstring', docString],
  ];
  return all.filter(([, value]) => value !== '');
}

function withProperties(properties: readonly (readonly [string, string])[]): string {
  if (properties.length === 0) return '';
  return ` with (${properties.map(([name, value]) => `${name}=${text(value)}`).join(', ')})`;
}

/** A text as a literal of KQL. */
function text(value: string): string {
  const escaped = value
    .replace(/[\\"]/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t');
  return `"${escaped}"`;
}
