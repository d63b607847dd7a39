/** Commands for ingestion mappings. https://learn.microsoft.com/kusto/management/mappings */

import { KqlError } from '../errors.ts';
import { ticksNow } from '../store/clock.ts';
import type { EngineDatabase } from '../store/database.ts';
import { notFound } from '../store/entity-errors.ts';
import { type FieldMapping, parseMapping } from '../store/field-mapping.ts';
import { run } from '../store/steps.ts';
import { type Command, type CommandContext, type CommandResult, columns } from './command.ts';
import type { CommandText } from './command-text.ts';
import { tableOf } from './table-entity.ts';

const COLUMNS = columns({
  Name: 'string',
  Kind: 'string',
  Mapping: 'string',
  LastUpdatedOn: 'datetime',
  Database: 'string',
  Table: 'string',
});
const KINDS = ['csv', 'json'];

export const mappingCommands: readonly Command[] = [
  { words: 'create table', about: 'ingestion', run: (text, context) => define(text, context, 'new') },
  {
    words: 'create-or-alter table',
    about: 'ingestion',
    run: (text, context) => define(text, context, 'either'),
  },
  { words: 'alter table', about: 'ingestion', run: (text, context) => define(text, context, 'existing') },
  { words: 'drop table', about: 'ingestion', run: drop },
  { words: 'show table', about: 'ingestion', run: showMappings },
];

/** `.create table T ingestion json mapping "name" '[...]'` and its `alter` forms. */
async function define(
  text: CommandText,
  { database, timeout }: CommandContext,
  wanted: 'new' | 'existing' | 'either',
): Promise<CommandResult> {
  const table = text.name('a table');
  const kind = readKind(text);
  const name = text.value('the name of the mapping');
  let json = text.tryString() ?? text.refuse('Expected the mapping as a JSON string');
  for (let more = text.tryString(); more !== undefined; more = text.tryString()) json += more;
  parseMapping(json);
  const known = mappings(database, table).some((row) => row.kind === kind && row.name === name);
  if (known && wanted === 'new') throw new KqlError(`Mapping '${name}' of table '${table}' exists already`);
  if (!known && wanted === 'existing') throw notFound('MappingPersistent', name, mappings(database, table));
  text.end();
  await database.change((catalog) => {
    tableOf(catalog, table);
    return {
      catalog,
      steps: [run('INSERT OR REPLACE INTO "$mapping" VALUES (?, ?, ?, ?)', table, kind, name, json)],
    };
  }, timeout);
  return show(database, table, (row) => row.kind === kind && row.name === name);
}

/** `.drop table T ingestion json mapping "name"`. */
async function drop(text: CommandText, { database, timeout }: CommandContext): Promise<CommandResult> {
  const table = text.name('a table');
  const kind = readKind(text);
  const name = text.value('the name of the mapping');
  const before = show(database, table, (row) => row.kind === kind && row.name === name);
  if (before.rows.length === 0) throw notFound('MappingPersistent', name, mappings(database, table));
  text.end();
  await database.change(
    (catalog) => ({
      catalog,
      steps: [run('DELETE FROM "$mapping" WHERE entity = ? AND kind = ? AND name = ?', table, kind, name)],
    }),
    timeout,
  );
  return before;
}

/** `.show table T ingestion [json] mappings`, or one of them by name. */
function showMappings(text: CommandText, { database }: CommandContext): CommandResult {
  const table = tableOf(database.catalog, text.name('a table')).name;
  text.word('ingestion');
  const kind = KINDS.find((candidate) => text.tryWord(candidate));
  const one = text.tryWord('mapping') ? text.value('the name of the mapping') : undefined;
  if (one === undefined) text.word('mappings');
  return show(
    database,
    table,
    (row) => (kind === undefined || row.kind === kind) && (one === undefined || row.name === one),
  );
}

/** The mapping called `name`. @throws KqlError where the table has none of that name */
export function findMapping(database: EngineDatabase, table: string, name: string): readonly FieldMapping[] {
  const found = mappings(database, table).find((row) => row.name === name);
  if (!found) throw notFound('MappingPersistent', name, mappings(database, table));
  return parseMapping(found.json);
}

/** A mapping of a table; `json` is the mapping itself. */
export interface StoredMapping {
  readonly kind: string;
  readonly name: string;
  readonly json: string;
}

/** The mappings of a table, by kind and name. */
export function mappings(database: EngineDatabase, table: string): StoredMapping[] {
  const rows = database.settings(
    'SELECT kind, name, json FROM "$mapping" WHERE entity = ? ORDER BY kind, name',
    [table],
    columns({ kind: 'string', name: 'string', json: 'string' }),
  );
  return rows.map(([kind, name, json]) => ({ kind: String(kind), name: String(name), json: String(json) }));
}

function show(
  database: EngineDatabase,
  table: string,
  wanted: (mapping: StoredMapping) => boolean,
): CommandResult {
  const now = ticksNow();
  const rows = mappings(database, table)
    .filter(wanted)
    .map(({ kind, name, json }) => [name, kind === 'json' ? 'Json' : 'Csv', json, now, database.name, table]);
  return { columns: COLUMNS, rows };
}

function readKind(text: CommandText): string {
  text.word('ingestion');
  const kind = KINDS.find((candidate) => text.tryWord(candidate));
  if (!kind) return text.refuse(`Expected ${KINDS.join(' or ')}`);
  text.word('mapping');
  return kind;
}
