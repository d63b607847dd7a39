/** `.show` commands for tables, databases and the engine itself; other objects have theirs beside them. */
import { hostname } from 'node:os';
import type { Catalog, StoredFunction, Table } from '../catalog.ts';
import { ticksNow } from '../store/clock.ts';
import type { EngineDatabase } from '../store/database.ts';
import { type Command, type CommandContext, type CommandResult, columns } from './command.ts';
import type { CommandText } from './command-text.ts';
import { tableDetails } from './details.ts';
import { columnJson, columnsText, parametersText } from './schema-text.ts';
import { tableOf } from './table-entity.ts';

const VERSION = '1.0.0';
const STARTED = ticksNow();

export const showCommands: readonly Command[] = [
  { words: 'show tables', run: showTables },
  { words: 'show table', run: showTable },
  { words: 'show databases', run: (_, context) => showDatabases(context) },
  { words: 'show database', run: showDatabaseSchema },
  { words: 'show schema', run: (text, { database }) => schema(text, database) },
  { words: 'show version', run: showVersion },
  { words: 'show cluster', run: showCluster },
];

function showTables(text: CommandText, { database }: CommandContext): CommandResult | Promise<CommandResult> {
  const tables = text.sees('(') ? named(text, database.catalog) : database.catalog.tables;
  if (text.tryWord('details')) return tableDetails(database, tables);
  return {
    columns: columns({ TableName: 'string', DatabaseName: 'string', Folder: 'string', DocString: 'string' }),
    rows: tables.map(({ name, folder, docString }) => [name, database.name, folder, docString]),
  };
}

function showTable(text: CommandText, { database }: CommandContext): CommandResult | Promise<CommandResult> {
  const table = tableOf(database.catalog, text.name('a table'));
  if (text.tryWord('details')) return tableDetails(database, [table]);
  if (text.tryWord('cslschema') || text.tryWords('schema as csl')) {
    return tableSchemas(database, [table], columnsText);
  }
  if (text.tryWords('schema as json')) {
    const schemaOf = (): string => JSON.stringify(tableJson(table));
    return tableSchemas(database, [table], schemaOf);
  }
  return {
    columns: columns({ AttributeName: 'string', AttributeType: 'string' }),
    rows: table.columns.map((column) => [column.name, columnJson(column).Type]),
  };
}

function tableSchemas(
  database: EngineDatabase,
  tables: readonly Table[],
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

function showDatabases({ folder, database }: CommandContext): CommandResult {
  return {
    columns: columns({
      DatabaseName: 'string',
      PersistentStorage: 'string',
      Version: 'string',
      IsCurrent: 'bool',
      DatabaseAccessMode: 'string',
      PrettyName: 'string',
    }),
    rows: folder.databases.map(({ name, catalog }) => [
      name,
      '',
      `v${catalog.version}.0`,
      name === database.name ? 1n : 0n,
      'ReadWrite',
      '',
    ]),
  };
}

function showDatabaseSchema(text: CommandText, { folder, database }: CommandContext): CommandResult {
  if (text.tryWord('schema')) return schema(text, database);
  if (text.tryWord('cslschema')) return tableSchemas(database, database.catalog.tables, columnsText);
  const other = folder.database(text.name('a database'));
  if (text.tryWord('cslschema')) return tableSchemas(other, other.catalog.tables, columnsText);
  text.word('schema');
  return schema(text, other);
}

function schema(text: CommandText, database: EngineDatabase): CommandResult {
  if (text.tryWords('as json')) return schemaJson(database);
  const rows = database.catalog.tables.flatMap(({ name, folder, docString, columns: own }) => [
    [database.name, name, '', '', folder, docString],
    ...own.map((column) => [database.name, name, column.name, columnJson(column).Type, '', '']),
  ]);
  return {
    columns: columns({
      DatabaseName: 'string',
      TableName: 'string',
      ColumnName: 'string',
      ColumnType: 'string',
      Folder: 'string',
      DocString: 'string',
    }),
    rows,
  };
}

function schemaJson(database: EngineDatabase): CommandResult {
  const { catalog, name } = database;
  const json = {
    Databases: {
      [name]: {
        Name: name,
        Tables: byName(catalog.tables.map(tableJson)),
        ExternalTables: {},
        MaterializedViews: byName(catalog.views.map(tableJson)),
        EntityGroups: {},
        MajorVersion: catalog.version,
        MinorVersion: 0,
        Functions: byName(catalog.functions.map(functionJson)),
        DatabaseAccessMode: 'ReadWrite',
      },
    },
  };
  return { columns: columns({ DatabaseSchema: 'string' }), rows: [[JSON.stringify(json)]] };
}

function tableJson({
  name,
  folder,
  docString,
  columns: own,
}: Pick<Table, 'name' | 'folder' | 'docString' | 'columns'>) {
  return { Name: name, Folder: folder, DocString: docString, OrderedColumns: own.map(columnJson) };
}

function functionJson(stored: StoredFunction) {
  return {
    Name: stored.name,
    InputParameters: stored.parameters.map(columnJson),
    Parameters: parametersText(stored),
    Body: `{${stored.body}}`,
    Folder: stored.folder,
    DocString: stored.docString,
    FunctionKind: 'Unknown',
    OutputColumns: [],
  };
}

function showVersion(): CommandResult {
  return {
    columns: columns({
      BuildVersion: 'string',
      BuildTime: 'datetime',
      ServiceType: 'string',
      ProductVersion: 'string',
    }),
    rows: [[VERSION, STARTED, 'Engine', `embedded ${VERSION}`]],
  };
}

function showCluster(): CommandResult {
  return {
    columns: columns({
      NodeId: 'string',
      Address: 'string',
      Name: 'string',
      StartTime: 'datetime',
      IsAdmin: 'bool',
    }),
    rows: [['node1', '127.0.0.1', hostname(), STARTED, 1n]],
  };
}

function named(text: CommandText, catalog: Catalog): Table[] {
  text.expect('(');
  const found = [tableOf(catalog, text.name('a table'))];
  while (text.try(',')) found.push(tableOf(catalog, text.name('a table')));
  text.expect(')');
  return found;
}

function byName<T extends { Name: string }>(items: readonly T[]): Record<string, T> {
  return Object.fromEntries(items.map((item) => [item.Name, item]));
}
