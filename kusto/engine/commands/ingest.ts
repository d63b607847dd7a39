/** Commands that add rows: from the command's own text, or from a query. */

import type { Column, StoredColumn } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import type { Ingestion } from '../store/database.ts';
import { nameTaken } from '../store/entity-errors.ts';
import { type FieldMapping, parseMapping } from '../store/field-mapping.ts';
import { dataFormat } from '../store/formats.ts';
import { within } from '../store/relocate.ts';
import type { StepResult } from '../store/steps.ts';
import { type Command, type CommandContext, type CommandResult, columns, extentId } from './command.ts';
import type { CommandText } from './command-text.ts';
import { findMapping } from './ingestion-mappings.ts';
import { columnsText } from './schema-text.ts';
import { merged, newTable, tableOf } from './table-entity.ts';

const INLINE_COLUMNS = columns({
  ExtentId: 'guid',
  ItemLoaded: 'string',
  Duration: 'timespan',
  HasErrors: 'bool',
  OperationId: 'guid',
});
const QUERY_COLUMNS = columns({
  ExtentId: 'guid',
  OriginalSize: 'real',
  ExtentSize: 'real',
  CompressedSize: 'real',
  IndexSize: 'real',
  RowCount: 'long',
});
const NO_EXTENT = '00000000-0000-0000-0000-000000000000';

type Target = 'new' | 'existing' | 'either' | 'replace';

export const ingestCommands: readonly Command[] = [
  { words: 'ingest inline into table', run: ingestInline },
  { words: 'set-or-append', run: (text, context) => ingestQuery(text, context, 'either') },
  { words: 'set-or-replace', run: (text, context) => ingestQuery(text, context, 'replace') },
  { words: 'append', run: (text, context) => ingestQuery(text, context, 'existing') },
  { words: 'set', run: (text, context) => ingestQuery(text, context, 'new') },
];

async function ingestInline(
  text: CommandText,
  { database, timeout }: CommandContext,
): Promise<CommandResult> {
  const table = text.name('a table');
  const properties = text.properties();
  const format = dataFormat(properties.get('format') ?? 'csv');
  const mapping = mappingOf(properties, { database, table });
  if (text.sees('[')) text.refuse("Rows in brackets are not supported; write them after '<|'");
  const result = await database.ingest(
    table,
    {
      rows: {
        kind: 'text',
        format,
        data: text.data(),
        ...(mapping ? { mapping } : {}),
        skipFirstRecord: properties.get('ignorefirstrecord')?.toLowerCase() === 'true',
      },
      ...tagsOf(properties),
    },
    timeout,
  );
  const extent = result.rows > 0 ? extentId() : NO_EXTENT;
  return {
    columns: INLINE_COLUMNS,
    rows: result.skipped ? [] : [[extent, 'inproc:inline', 0n, 0n, extentId()]],
  };
}

function mappingOf(
  properties: ReadonlyMap<string, string>,
  { database, table }: { database: CommandContext['database']; table: string },
): readonly FieldMapping[] | undefined {
  const inline = properties.get('ingestionmapping');
  if (inline !== undefined) return parseMapping(inline);
  const reference = properties.get('ingestionmappingreference');
  return reference === undefined ? undefined : findMapping(database, table, reference);
}

function ingestQuery(text: CommandText, context: CommandContext, target: Target): Promise<CommandResult> {
  const runsLater = text.tryWord('async');
  const table = text.name('a table');
  const properties = text.properties();
  text.expect('<|');
  const start = text.offset;
  const query = text.rest();
  const work = () => ingest({ text, start, table, properties, query, target }, context);
  return runsLater ? context.operations.run('TableSetOrAppend', context.database.name, work) : work();
}

interface QueryIngestion {
  readonly text: CommandText;
  readonly start: number;
  readonly table: string;
  readonly properties: ReadonlyMap<string, string>;
  readonly query: string;
  readonly target: Target;
}

async function ingest(
  ingestion: QueryIngestion,
  { database, timeout }: CommandContext,
): Promise<CommandResult> {
  const { text, start, table, properties, query, target } = ingestion;
  const results = await database.change(async (catalog) => {
    const source = await within(text.text, start, database.rowsOf(catalog, query));
    const known = catalog.entities.get(table);
    if (known && target === 'new') {
      throw nameTaken(table);
    }
    if (!known && (target === 'new' || target === 'either' || target === 'replace')) {
      const made = newTable(catalog, { name: table, columns: source.columns });
      const after = catalog.with({
        ...made,
        folder: properties.get('folder') ?? '',
        docString: properties.get('docstring') ?? '',
      });
      return {
        catalog: after,
        steps: [await database.ingestStep(after, table, { rows: source.rows, ...tagsOf(properties) })],
      };
    }
    const old = tableOf(catalog, table);
    const extend = properties.get('extend_schema')?.toLowerCase() === 'true';
    const now = extend ? merged(old, source.columns) : old;
    const after = now === old ? catalog : catalog.with(now);
    const step = await database.ingestStep(after, table, {
      rows: source.rows,
      ...tagsOf(properties),
      columns: matchingColumns(now.columns, source.columns, extend),
    });
    return { catalog: after, steps: [{ ...step, replaces: target === 'replace' }] };
  }, timeout);
  return extentsOf(results[0]);
}

/** Results are matched to the table by the order of their types, as Kusto does; names mean nothing. */
function matchingColumns(
  table: readonly StoredColumn[],
  query: readonly Column[],
  byName: boolean,
): readonly StoredColumn[] {
  if (byName) return query.flatMap(({ name }) => table.filter((column) => column.name === name));
  const fits =
    query.length === table.length &&
    query.every(
      ({ type }, index) => type === table[index]?.type || (type === 'int' && table[index]?.type === 'long'),
    );
  if (fits) return table;
  throw new KqlError(
    `Query schema does not match table schema. QuerySchema=('${columnsText(query)}'), TableSchema=('${columnsText(table)}')`,
  );
}

/** `tags='["ingest-by:x"]'` and `ingestIfNotExists='["x"]'`: the second asks for tags of the first kind. */
function tagsOf(properties: ReadonlyMap<string, string>): Pick<Ingestion, 'tags' | 'unlessTagged'> {
  return {
    tags: tagList(properties, 'tags'),
    unlessTagged: tagList(properties, 'ingestifnotexists').map((tag) => `ingest-by:${tag}`),
  };
}

function tagList(properties: ReadonlyMap<string, string>, name: string): string[] {
  const json = properties.get(name);
  if (json === undefined) return [];
  try {
    const tags: unknown = JSON.parse(json);
    if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
  } catch {
    // Reported below, with the same words.
  }
  throw new KqlError(`Property '${name}' must be a JSON array of strings, such as '["ingest-by:a"]'`);
}

function extentsOf(result: StepResult | undefined): CommandResult {
  if (!result || result.skipped || result.rows === 0) return { columns: QUERY_COLUMNS, rows: [] };
  return { columns: QUERY_COLUMNS, rows: [[extentId(), 0, 0, 0, 0, BigInt(result.rows)]] };
}
