/** Commands for materialized views. https://learn.microsoft.com/kusto/management/materialized-views */

import type { Catalog, Column, MaterializedView } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import { identifierText } from '../sql/literal-text.ts';
import { ticksNow } from '../store/clock.ts';
import type { Change, EngineDatabase } from '../store/database.ts';
import { nameTaken, notFound } from '../store/entity-errors.ts';
import { within } from '../store/relocate.ts';
import { run } from '../store/steps.ts';
import { healthyStep } from '../store/unhealthy-views.ts';
import { backfillStep, compileMerge, keyIndexStep } from '../store/view-merges.ts';
import { type Command, type CommandContext, type CommandResult, columns } from './command.ts';
import type { CommandText } from './command-text.ts';
import { viewDetails } from './details.ts';
import { columnsText } from './schema-text.ts';
import { entitySchemas } from './show-databases.ts';
import { physicalTable, storedColumns, tableOf } from './table-entity.ts';

const COLUMNS = columns({
  Name: 'string',
  SourceTable: 'string',
  Query: 'string',
  MaterializedTo: 'datetime',
  LastRun: 'datetime',
  LastRunResult: 'string',
  IsHealthy: 'bool',
  IsEnabled: 'bool',
  Folder: 'string',
  DocString: 'string',
  AutoUpdateSchema: 'bool',
  EffectiveDateTime: 'datetime',
  Lookback: 'timespan',
  LookbackColumn: 'string',
});
/** Properties that would change what a view holds, and that the engine does not follow. */
const REFUSED_PROPERTIES = [
  'effectivedatetime',
  'lookback',
  'lookback_column',
  'dimensiontables',
  'dimensionmaterializedviews',
];

interface ViewDefinition {
  readonly name: string;
  readonly source: string;
  readonly query: string;
  readonly properties: ReadonlyMap<string, string>;
  /** Where the query begins in the command. */
  readonly start: number;
}

export const viewCommands: readonly Command[] = [
  { words: 'create-or-alter materialized-view', run: (text, context) => define(text, context, 'either') },
  { words: 'create async materialized-view', run: (text, context) => defineAsync(text, context) },
  {
    words: 'create async ifnotexists materialized-view',
    run: (text, context) => defineAsync(text, context, 'missing'),
  },
  { words: 'create ifnotexists materialized-view', run: (text, context) => define(text, context, 'missing') },
  { words: 'create materialized-view', run: (text, context) => define(text, context, 'new') },
  { words: 'alter materialized-view', run: (text, context) => define(text, context, 'existing') },
  { words: 'drop materialized-view', run: drop },
  { words: 'clear materialized-view', run: clear },
  { words: 'show materialized-views', run: showAll },
  { words: 'show materialized-view', run: showOne },
];

type Wanted = 'new' | 'missing' | 'existing' | 'either';

function defineAsync(
  text: CommandText,
  context: CommandContext,
  wanted: Wanted = 'new',
): Promise<CommandResult> {
  return context.operations.run('MaterializedViewCreateOrAlter', context.database.name, () =>
    define(text, context, wanted),
  );
}

async function define(
  text: CommandText,
  { database, timeout }: CommandContext,
  wanted: Wanted,
): Promise<CommandResult> {
  const definition = readDefinition(text);
  const { name } = definition;
  text.end();
  await database.change(async (catalog) => {
    const known = catalog.entities.get(name);
    if (known && (known.kind !== 'view' || wanted === 'new')) {
      throw nameTaken(name);
    }
    if (!known && wanted === 'existing') viewOf(catalog, name);
    if (!known) return create(database, catalog, text, definition);
    const after = wanted === 'missing' ? catalog : await alter(database, catalog, text, known, definition);
    return { catalog: after, steps: [] };
  }, timeout);
  return show(database, [viewOf(database.catalog, name)]);
}

function readDefinition(text: CommandText): ViewDefinition {
  const properties = text.properties();
  const refused = REFUSED_PROPERTIES.find((name) => properties.has(name));
  if (refused)
    throw new KqlError(`Property '${refused}' of materialized views is not supported`, {
      position: text.position,
    });
  const name = text.name('a materialized view');
  text.word('on');
  if (text.tryWord('materialized-view')) text.refuse('A materialized view over another is not supported');
  text.word('table');
  const source = text.name('a table');
  const start = text.offset + 1;
  return { name, source, query: text.block(), properties, start };
}

async function create(
  { compiler }: EngineDatabase,
  catalog: Catalog,
  text: CommandText,
  { name, source, query, properties, start }: ViewDefinition,
): Promise<Change> {
  tableOf(catalog, source);
  const shape = await within(text.text, start, compiler.describeView(catalog, source, query));
  const view: MaterializedView = {
    kind: 'view',
    name,
    physical: physicalTable(catalog, name),
    source,
    query,
    columns: storedColumns(shape.columns),
    folder: properties.get('folder') ?? '',
    docString: properties.get('docstring') ?? '',
  };
  const after = catalog.with(view);
  await compileMerge(compiler, after, view);
  const backfill = properties.get('backfill')?.toLowerCase() === 'true';
  return {
    catalog: after,
    steps: [
      keyIndexStep(view, shape.keys),
      ...(backfill ? [await backfillStep(compiler, after, view, ticksNow())] : []),
    ],
  };
}

/** As in Kusto, what the view holds already stays as it is; so its keys and their meaning may not change. */
async function alter(
  { compiler }: EngineDatabase,
  catalog: Catalog,
  text: CommandText,
  known: MaterializedView,
  definition: ViewDefinition,
): Promise<Catalog> {
  const { source, query, properties, start } = definition;
  if (source !== known.source)
    throw new KqlError(`Materialized view '${known.name}' is on table '${known.source}'`);
  const described = {
    folder: properties.get('folder') ?? known.folder,
    docString: properties.get('docstring') ?? known.docString,
  };
  const unchanged =
    query === known.query && described.folder === known.folder && described.docString === known.docString;
  if (unchanged) return catalog;
  if (query === known.query) return catalog.with({ ...known, ...described });
  const shape = await within(text.text, start, compiler.describeView(catalog, source, query));
  const before = await compiler.describeView(catalog, known.source, known.query);
  if (shape.keys.join('\n') !== before.keys.join('\n')) {
    throw new KqlError(`The keys of materialized view '${known.name}' cannot be changed: drop and create it`);
  }
  const view = { ...known, ...described, query, columns: withAdded(known, shape.columns) };
  const after = catalog.with(view);
  await compileMerge(compiler, after, view);
  return after;
}

function withAdded(view: MaterializedView, wanted: readonly Column[]): MaterializedView['columns'] {
  for (const { name, type } of view.columns) {
    if (!wanted.some((column) => column.name === name && column.type === type)) {
      throw new KqlError(
        `Column '${name}' of materialized view '${view.name}' cannot be dropped or change its type: drop and create the view`,
      );
    }
  }
  const added = wanted.filter(({ name }) => !view.columns.some((column) => column.name === name));
  return [...view.columns, ...storedColumns(added, view.columns)];
}

async function drop(text: CommandText, { database, timeout }: CommandContext): Promise<CommandResult> {
  const name = text.name('a materialized view');
  const ifExists = text.tryWord('ifexists');
  text.end();
  await database.change((catalog) => {
    if (!ifExists) viewOf(catalog, name);
    const known = catalog.entities.get(name)?.kind === 'view';
    return known ? { catalog: catalog.without(name), steps: [healthyStep(name)] } : { catalog, steps: [] };
  }, timeout);
  return show(database, database.catalog.views);
}

/** Later rows are merged as into a new view. */
async function clear(text: CommandText, { database, timeout }: CommandContext): Promise<CommandResult> {
  const name = text.name('a materialized view');
  text.word('data');
  text.end();
  await database.change((catalog) => {
    const { physical } = viewOf(catalog, name);
    return { catalog, steps: [run(`DELETE FROM ${identifierText(physical)}`), healthyStep(name)] };
  }, timeout);
  return { columns: columns({ Name: 'string', Status: 'string' }), rows: [[name, 'Succeeded']] };
}

function showAll(text: CommandText, { database }: CommandContext): CommandResult | Promise<CommandResult> {
  const { views } = database.catalog;
  return text.tryWord('details') ? viewDetails(database, views) : show(database, views);
}

function showOne(text: CommandText, { database }: CommandContext): CommandResult | Promise<CommandResult> {
  const view = viewOf(database.catalog, text.name('a materialized view'));
  if (text.tryWord('cslschema')) return entitySchemas(database, [view], columnsText);
  return text.tryWord('details') ? viewDetails(database, [view]) : show(database, [view]);
}

function show({ unhealthyViews }: EngineDatabase, views: readonly MaterializedView[]): CommandResult {
  const now = ticksNow();
  const rows = views.map(({ name, source, query, folder, docString }) => [
    name,
    source,
    query,
    now,
    now,
    unhealthyViews.has(name) ? 'Failed' : 'Completed',
    unhealthyViews.has(name) ? 0n : 1n,
    1n,
    folder,
    docString,
    0n,
    null,
    null,
    '',
  ]);
  return { columns: COLUMNS, rows };
}

function viewOf(catalog: Catalog, name: string): MaterializedView {
  const entity = catalog.entities.get(name);
  if (entity?.kind === 'view') return entity;
  throw notFound('MaterializedView', name, catalog.views);
}
