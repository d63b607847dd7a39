/** Commands that create, change and drop tables. https://learn.microsoft.com/kusto/management/tables */

import type { Catalog, Table } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import { bindParameters } from '../slot-values.ts';
import { identifierText } from '../sql/literal-text.ts';
import { ticksNow } from '../store/clock.ts';
import type { Change, EngineDatabase } from '../store/database.ts';
import { nameTaken } from '../store/entity-errors.ts';
import { within } from '../store/relocate.ts';
import { run } from '../store/steps.ts';
import { compileMerge } from '../store/view-merges.ts';
import { type Command, type CommandContext, type CommandResult, columns, extentId } from './command.ts';
import type { CommandText } from './command-text.ts';
import { columnsText, readColumns } from './schema-text.ts';
import { merged, type NewTable, newTable, tableOf } from './table-entity.ts';

const CREATED = columns({
  TableName: 'string',
  Schema: 'string',
  DatabaseName: 'string',
  Folder: 'string',
  DocString: 'string',
});
const LISTED = columns({
  TableName: 'string',
  DatabaseName: 'string',
  Folder: 'string',
  DocString: 'string',
});

export const tableCommands: readonly Command[] = [
  { words: 'create table', run: (text, context) => define(text, context, 'keep', 1) },
  { words: 'create tables', run: (text, context) => define(text, context, 'keep', Infinity) },
  { words: 'create-merge table', run: (text, context) => define(text, context, 'merge', 1) },
  { words: 'create-merge tables', run: (text, context) => define(text, context, 'merge', Infinity) },
  { words: 'alter-merge table', run: (text, context) => alter(text, context, 'merge') },
  { words: 'alter table', run: (text, context) => alter(text, context, 'replace') },
  { words: 'drop table', about: 'columns', run: dropColumns },
  { words: 'drop table', run: (text, context) => drop(text, context, [text.name('a table')]) },
  { words: 'drop tables', run: (text, context) => drop(text, context, text.names('a table')) },
  { words: 'rename table', run: rename },
  { words: 'clear table', run: clear },
  { words: 'delete table', run: deleteRecords },
];

async function define(
  text: CommandText,
  { database, timeout }: CommandContext,
  existing: 'keep' | 'merge',
  most: number,
): Promise<CommandResult> {
  const definitions: NewTable[] = [];
  do definitions.push({ name: text.name('a table'), columns: readColumns(text) });
  while (definitions.length < most && text.try(','));
  const described = description(text.properties());
  text.end();
  await database.change((catalog) => {
    let after = catalog;
    for (const definition of definitions) {
      const known = catalog.entities.get(definition.name);
      if (known?.kind !== 'table') after = after.with({ ...newTable(after, definition), ...described });
      else if (existing === 'merge')
        after = replaced(after, known, { ...merged(known, definition.columns), ...described });
    }
    return catalog === after
      ? { catalog, steps: [] }
      : checked(
          database,
          after,
          definitions.map(({ name }) => name),
        );
  }, timeout);
  return created(
    database,
    definitions.map(({ name }) => name),
  );
}

async function alter(
  text: CommandText,
  { database, timeout }: CommandContext,
  how: 'merge' | 'replace',
): Promise<CommandResult> {
  const name = text.name('a table');
  const change = readAlteration(text, how);
  text.end();
  await database.change((catalog) => {
    const table = tableOf(catalog, name);
    return checked(database, replaced(catalog, table, change(table)), [name]);
  }, timeout);
  return created(database, [name]);
}

function readAlteration(text: CommandText, how: 'merge' | 'replace'): (table: Table) => Table {
  if (text.tryWord('folder')) {
    const folder = text.value('a folder');
    return (table) => ({ ...table, folder });
  }
  if (text.tryWord('docstring')) {
    const docString = text.value('a text');
    return (table) => ({ ...table, docString });
  }
  const defined = readColumns(text);
  const described = description(text.properties());
  return (table) => {
    const all = merged(table, defined);
    if (how === 'merge') return { ...all, ...described };
    const kept = defined.flatMap(({ name }) => all.columns.filter((column) => column.name === name));
    return { ...all, columns: kept, ...described };
  };
}

async function drop(
  text: CommandText,
  { database, timeout }: CommandContext,
  dropped: readonly string[],
): Promise<CommandResult> {
  const ifExists = text.tryWord('ifexists');
  text.end();
  await database.change((catalog) => {
    let after = catalog;
    for (const name of dropped) {
      if (ifExists && catalog.entities.get(name)?.kind !== 'table') continue;
      tableOf(catalog, name);
      const view = catalog.views.find(({ source }) => source === name);
      if (view)
        throw new KqlError(
          `Table '${name}' is the source of materialized view '${view.name}': drop that first`,
        );
      after = after.without(name);
    }
    return { catalog: after, steps: [] };
  }, timeout);
  return listed(database);
}

async function dropColumns(text: CommandText, { database, timeout }: CommandContext): Promise<CommandResult> {
  const name = text.name('a table');
  text.word('columns');
  const dropped = text.names('a column');
  text.end();
  await database.change((catalog) => {
    const table = tableOf(catalog, name);
    const unknown = dropped.find((column) => !table.columns.some((own) => own.name === column));
    if (unknown !== undefined) throw new KqlError(`Table '${name}' has no column '${unknown}'`);
    const kept = table.columns.filter((column) => !dropped.includes(column.name));
    if (kept.length === 0) throw new KqlError(`Table '${name}' would have no column left`);
    return checked(database, catalog.with({ ...table, columns: kept }), [name]);
  }, timeout);
  return created(database, [name]);
}

async function rename(text: CommandText, { database, timeout }: CommandContext): Promise<CommandResult> {
  const from = text.name('a table');
  text.word('to');
  const to = text.name('a table');
  text.end();
  await database.change((catalog) => {
    const table = tableOf(catalog, from);
    if (catalog.entities.has(to)) throw nameTaken(to);
    const view = catalog.views.find(({ source }) => source === from);
    if (view) throw new KqlError(`Table '${from}' is the source of materialized view '${view.name}'`);
    return { catalog: catalog.without(from).with({ ...table, name: to }), steps: [] };
  }, timeout);
  return listed(database);
}

async function clear(text: CommandText, { database, timeout }: CommandContext): Promise<CommandResult> {
  const name = text.name('a table');
  text.word('data');
  text.end();
  await database.change((catalog) => ({ catalog, steps: clearSteps(tableOf(catalog, name)) }), timeout);
  return { columns: columns({ TableName: 'string', Status: 'string' }), rows: [[name, 'Succeeded']] };
}

/** Deletes a table's rows, and the tags of the extents that held them. */
function clearSteps(table: Table): Change['steps'] {
  return [
    run(`DELETE FROM ${identifierText(table.physical)}`),
    run('DELETE FROM "$tag" WHERE entity = ?', table.name),
  ];
}

/** `.delete table T records <| T | where ...`: the rows are found by number, which the predicate's query is given as a column. */
async function deleteRecords(
  text: CommandText,
  { database, timeout }: CommandContext,
): Promise<CommandResult> {
  const name = text.name('a table');
  text.word('records');
  text.properties();
  text.expect('<|');
  const start = text.offset;
  const predicate = text.rest();
  const number = '$rowid';
  text.end();
  const [result] = await database.change(async (catalog) => {
    const table = tableOf(catalog, name);
    const numbered = {
      ...table,
      columns: [...table.columns, { name: number, type: 'long' as const, physical: 'rowid' }],
    };
    const statement = await within(
      text.text,
      start,
      database.compiler.query(catalog.with(numbered), `${predicate}\n| project ['${number}']`),
    );
    const values = bindParameters(statement, {}, ticksNow());
    return {
      catalog,
      steps: [
        run(`DELETE FROM ${identifierText(table.physical)} WHERE rowid IN (${statement.sql})`, ...values),
      ],
    };
  }, timeout);
  return {
    columns: columns({ ExtentId: 'guid', TableName: 'string', RowCount: 'long' }),
    rows: [[extentId(), name, BigInt(result?.rows ?? 0)]],
  };
}

/** The change to `after`, in which the views over `changed` tables can still be kept up to date. */
async function checked(
  { compiler }: EngineDatabase,
  after: Catalog,
  changed: readonly string[],
): Promise<Change> {
  for (const view of after.views.filter(({ source }) => changed.includes(source))) {
    await compileMerge(compiler, after, view);
  }
  return { catalog: after, steps: [] };
}

/** Puts `now` in the place of `old`; the same catalogue where nothing differs. */
function replaced(catalog: Catalog, old: Table, now: Table): Catalog {
  return JSON.stringify(old) === JSON.stringify(now) ? catalog : catalog.with(now);
}

function description(properties: ReadonlyMap<string, string>): { folder?: string; docString?: string } {
  const folder = properties.get('folder');
  const docString = properties.get('docstring');
  return { ...(folder === undefined ? {} : { folder }), ...(docString === undefined ? {} : { docString }) };
}

function created(database: EngineDatabase, tables: readonly string[]): CommandResult {
  const rows = tables.map((name) => {
    const table = tableOf(database.catalog, name);
    return [name, columnsText(table.columns), database.name, table.folder, table.docString];
  });
  return { columns: CREATED, rows };
}

function listed(database: EngineDatabase): CommandResult {
  const rows = database.catalog.tables.map(({ name, folder, docString }) => [
    name,
    database.name,
    folder,
    docString,
  ]);
  return { columns: LISTED, rows };
}
