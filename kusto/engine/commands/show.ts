/** `.show` commands for tables and the engine itself; other objects have theirs beside them. */
import { hostname } from 'node:os';
import type { Catalog, Table } from '../catalog.ts';
import { ticksNow } from '../store/clock.ts';
import { type Command, type CommandContext, type CommandResult, columns } from './command.ts';
import type { CommandText } from './command-text.ts';
import { tableDetails } from './details.ts';
import { columnJson, columnsText } from './schema-text.ts';
import { entityJson, entitySchemas, showDatabases } from './show-databases.ts';
import { tableOf } from './table-entity.ts';

const VERSION = '1.0.0';
const STARTED = ticksNow();

export const showCommands: readonly Command[] = [
  { words: 'show tables', run: showTables },
  { words: 'show table', run: showTable },
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
    return entitySchemas(database, [table], columnsText);
  }
  if (text.tryWords('schema as json')) {
    const schemaOf = (): string => JSON.stringify(entityJson(table));
    return entitySchemas(database, [table], schemaOf);
  }
  return {
    columns: columns({ AttributeName: 'string', AttributeType: 'string' }),
    rows: table.columns.map((column) => [column.name, columnJson(column).Type]),
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

function showCluster(text: CommandText, context: CommandContext): CommandResult {
  if (text.tryWord('databases')) return showDatabases(text, context);
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
