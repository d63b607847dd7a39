/** Commands for stored functions. https://learn.microsoft.com/kusto/management/functions */

import type { Catalog, StoredFunction } from '../catalog.ts';
import { nameTaken, notFound } from '../store/entity-errors.ts';
import { within } from '../store/relocate.ts';
import { type Command, type CommandContext, type CommandResult, columns } from './command.ts';
import type { CommandText } from './command-text.ts';
import { parametersText, readParameters } from './schema-text.ts';

const COLUMNS = columns({
  Name: 'string',
  Parameters: 'string',
  Body: 'string',
  Folder: 'string',
  DocString: 'string',
});

export const functionCommands: readonly Command[] = [
  { words: 'create-or-alter function', run: (text, context) => define(text, context, 'either') },
  { words: 'create function', run: (text, context) => define(text, context, 'new') },
  { words: 'alter function', run: (text, context) => define(text, context, 'existing') },
  { words: 'drop function', run: (text, context) => drop(text, context, [text.name('a function')]) },
  { words: 'drop functions', run: (text, context) => drop(text, context, text.names('a function')) },
  { words: 'show functions', run: (_, { database }) => show(database.catalog.functions) },
  {
    words: 'show function',
    run: (text, { database }) => show([functionOf(database.catalog, text.name('a function'))]),
  },
];

async function define(
  text: CommandText,
  { database, timeout }: CommandContext,
  wanted: 'new' | 'existing' | 'either',
): Promise<CommandResult> {
  const ifNotExists = text.tryWord('ifnotexists');
  const properties = text.properties();
  const name = text.name('a function');
  const parameters = readParameters(text);
  const start = text.offset + 1;
  const body = text.block();
  const stored: StoredFunction = {
    kind: 'function',
    name,
    parameters,
    body,
    folder: properties.get('folder') ?? '',
    docString: properties.get('docstring') ?? '',
    ...(properties.get('view')?.toLowerCase() === 'true' && { isView: true }),
  };
  const skipValidation = properties.get('skipvalidation')?.toLowerCase() === 'true';
  const keep = ifNotExists || properties.get('ifnotexists')?.toLowerCase() === 'true';
  text.end();
  await database.change(async (catalog) => {
    const known = catalog.entities.get(name);
    if (known && (known.kind !== 'function' || (wanted === 'new' && !keep))) {
      throw nameTaken(name);
    }
    if (!known && wanted === 'existing') functionOf(catalog, name);
    const unchanged = JSON.stringify(known) === JSON.stringify(stored);
    if (unchanged || (known && wanted === 'new')) return { catalog, steps: [] };
    if (!skipValidation) {
      const remotes = await database.remoteSchemas(catalog, body);
      await within(text.text, start, database.compiler.checkFunction(catalog, stored, remotes), name);
    }
    return { catalog: catalog.with(stored), steps: [] };
  }, timeout);
  return show([functionOf(database.catalog, name)]);
}

async function drop(
  text: CommandText,
  { database, timeout }: CommandContext,
  names: readonly string[],
): Promise<CommandResult> {
  const ifExists = text.tryWord('ifexists');
  text.end();
  await database.change((catalog) => {
    let after = catalog;
    for (const name of names) {
      if (!ifExists) functionOf(after, name);
      if (after.entities.get(name)?.kind === 'function') after = after.without(name);
    }
    return { catalog: after, steps: [] };
  }, timeout);
  return show(database.catalog.functions);
}

function show(functions: readonly StoredFunction[]): CommandResult {
  const rows = functions.map((stored) => [
    stored.name,
    parametersText(stored),
    `{${stored.body}}`,
    stored.folder,
    stored.docString,
  ]);
  return { columns: COLUMNS, rows };
}

function functionOf(catalog: Catalog, name: string): StoredFunction {
  const entity = catalog.entities.get(name);
  if (entity?.kind === 'function') return entity;
  throw notFound('Function', name, catalog.functions);
}
