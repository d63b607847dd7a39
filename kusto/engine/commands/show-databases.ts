/**
 * `.show` commands for databases: their list, their entities, and their schemas as rows, as JSON and as a script.
 * https://learn.microsoft.com/kusto/management/show-schema-database
 */
import type { MaterializedView, StoredFunction, Table } from '../catalog.ts';
import type { EngineDatabase } from '../store/database.ts';
import { type Command, type CommandContext, type CommandResult, columns } from './command.ts';
import type { CommandText } from './command-text.ts';
import { schemaScript } from './schema-script.ts';
import { columnJson, columnsText, parameterJson, parametersText } from './schema-text.ts';

export const databaseSchemaCommands: readonly Command[] = [
  { words: 'show databases', run: showDatabases },
  { words: 'show database', run: showDatabase },
  { words: 'show schema', run: (text, { database }) => schema(text, [database]) },
];

/** What has columns. */
type Rows = Pick<Table, 'name' | 'folder' | 'docString' | 'columns'>;

/** `.show databases [(A, B)] [schema … | entities]`, all of the engine's unless some are named. */
export function showDatabases(text: CommandText, context: CommandContext): CommandResult {
  const { folder } = context;
  const databases = text.sees('(') ? namedDatabases(text, context) : folder.databases;
  if (text.tryWord('entities')) return entities(text, databases);
  return text.tryWord('schema') ? schema(text, databases) : list(databases, context);
}

/** `.show database [D] [schema … | cslschema | identity]`. */
function showDatabase(text: CommandText, context: CommandContext): CommandResult {
  const { folder, database } = context;
  const asked = (of: EngineDatabase): CommandResult | undefined => {
    if (text.tryWord('schema')) return schema(text, [of]);
    if (text.tryWord('cslschema')) return entitySchemas(of, of.catalog.tables, columnsText);
    return text.tryWord('identity') ? list([of], context) : undefined;
  };
  if (text.atEnd || text.sees('|')) return list([database], context);
  const own = asked(database);
  if (own) return own;
  const other = folder.database(text.name('a database'));
  return asked(other) ?? text.refuse("Expected 'schema', 'cslschema' or 'identity'");
}

function namedDatabases(text: CommandText, { folder }: CommandContext): EngineDatabase[] {
  text.expect('(');
  const found = [folder.database(text.name('a database'))];
  while (text.try(',')) found.push(folder.database(text.name('a database')));
  text.expect(')');
  return found;
}

function list(databases: readonly EngineDatabase[], { database }: CommandContext): CommandResult {
  return {
    columns: columns({
      DatabaseName: 'string',
      PersistentStorage: 'string',
      Version: 'string',
      IsCurrent: 'bool',
      DatabaseAccessMode: 'string',
      PrettyName: 'string',
    }),
    rows: databases.map((one) => [
      one.name,
      '',
      versionOf(one),
      one.name === database.name ? 1n : 0n,
      'ReadWrite',
      '',
    ]),
  };
}

function versionOf({ catalog }: EngineDatabase): string {
  return `v${catalog.version}.0`;
}

/** What follows `schema`. */
function schema(text: CommandText, databases: readonly EngineDatabase[]): CommandResult {
  if (text.tryWords('as json')) return schemaJson(text, databases);
  if (text.tryWords('as csl script')) {
    text.properties();
    const rows = databases.flatMap(schemaScript).map((command) => [command]);
    return { columns: columns({ DatabaseSchemaScript: 'string' }), rows };
  }
  text.tryWord('details');
  return {
    columns: columns({
      DatabaseName: 'string',
      TableName: 'string',
      ColumnName: 'string',
      ColumnType: 'string',
      IsDefaultTable: 'bool',
      IsDefaultColumn: 'bool',
      PrettyName: 'string',
      Version: 'string',
      Folder: 'string',
      DocString: 'string',
    }),
    rows: databases.flatMap(schemaRows),
  };
}

/** A row for the database, one for each table, and one for each column of it. */
function schemaRows(database: EngineDatabase): CommandResult['rows'] {
  const { name, catalog } = database;
  const tables = catalog.tables.flatMap((table) => [
    [name, table.name, '', '', 0n, 0n, '', '', table.folder, table.docString],
    ...table.columns.map((column) => [
      ...[name, table.name, column.name, columnJson(column).Type],
      ...[0n, 0n, '', '', '', ''],
    ]),
  ]);
  return [[name, '', '', '', 0n, 0n, '', versionOf(database), '', ''], ...tables];
}

/** With options such as `with (Tables=true)`, only what they name. */
function schemaJson(text: CommandText, databases: readonly EngineDatabase[]): CommandResult {
  const options = text.properties();
  const isAsked = (kind: string): boolean =>
    options.size === 0 || options.get(kind)?.toLowerCase() === 'true';
  const json = {
    Databases: Object.fromEntries(
      databases.map(({ name, catalog }) => [
        name,
        {
          Name: name,
          Tables: isAsked('tables') ? byName(catalog.tables.map(entityJson)) : {},
          ExternalTables: {},
          MaterializedViews: isAsked('materializedviews') ? byName(catalog.views.map(entityJson)) : {},
          EntityGroups: {},
          MajorVersion: catalog.version,
          MinorVersion: 0,
          Functions: isAsked('functions') ? byName(catalog.functions.map(functionJson)) : {},
          DatabaseAccessMode: 'ReadWrite',
        },
      ]),
    ),
  };
  return { columns: columns({ DatabaseSchema: 'string' }), rows: [[JSON.stringify(json)]] };
}

/** A table or view as `schema as json` gives it. */
export function entityJson({ name, folder, docString, columns: own }: Rows) {
  return { Name: name, Folder: folder, DocString: docString, OrderedColumns: own.map(columnJson) };
}

function functionJson(stored: StoredFunction) {
  return {
    Name: stored.name,
    InputParameters: stored.parameters.map(parameterJson),
    Parameters: parametersText(stored),
    Body: `{${stored.body}}`,
    Folder: stored.folder,
    DocString: stored.docString,
    FunctionKind: 'Unknown',
    OutputColumns: [],
  };
}

/** https://learn.microsoft.com/kusto/management/show-databases-entities */
function entities(text: CommandText, databases: readonly EngineDatabase[]): CommandResult {
  text.properties();
  const rowOf =
    (database: string, type: string) =>
    ({ name, folder, docString, columns: own }: Rows | MaterializedView): (string | null)[] => [
      ...[database, type, name, docString, folder, '', '', columnsText(own), '{}'],
    ];
  return {
    columns: columns({
      DatabaseName: 'string',
      EntityType: 'string',
      EntityName: 'string',
      DocString: 'string',
      Folder: 'string',
      CslInputSchema: 'string',
      Content: 'string',
      CslOutputSchema: 'string',
      Properties: 'dynamic',
    }),
    rows: databases.flatMap(({ name, catalog }) => [
      ...catalog.tables.map(rowOf(name, 'Table')),
      ...catalog.views.map(rowOf(name, 'MaterializedView')),
      ...catalog.functions.map((stored) => [
        ...[name, 'Function', stored.name, stored.docString, stored.folder],
        ...[parametersText(stored), `{${stored.body}}`, '', '{}'],
      ]),
    ]),
  };
}

/** The schema of each of several tables or views, as text. */
export function entitySchemas(
  database: EngineDatabase,
  tables: readonly Rows[],
  schemaOf: (columns: Table['columns']) => string,
): CommandResult {
  return {
    columns: columns({
      TableName: 'string',
      Schema: 'string',
      DatabaseName: 'string',
      Folder: 'string',
      DocString: 'string',
    }),
    rows: tables.map(({ name, columns: own, folder, docString }) => [
      name,
      schemaOf(own),
      database.name,
      folder,
      docString,
    ]),
  };
}

function byName<T extends { Name: string }>(items: readonly T[]): Record<string, T> {
  return Object.fromEntries(items.map((item) => [item.Name, item]));
}
