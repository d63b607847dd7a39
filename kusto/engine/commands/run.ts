/**
 * Runs a management command: finds it by its words, lets it read the rest, and pipes the result of `.show`
 * through query operators where some follow.
 */
import { KqlError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import { encodeRows } from '../store/reader.ts';
import { movedTo, within } from '../store/relocate.ts';
import type { QueryResult, RunOptions } from '../store/statement-runner.ts';
import { clusterPartCommands, refusedCommands } from './cluster-parts.ts';
import type { Command, CommandContext, CommandResult } from './command.ts';
import { CommandText } from './command-text.ts';
import { databaseCommands } from './databases.ts';
import { datatable } from './datatable.ts';
import { functionCommands } from './functions.ts';
import { ingestCommands } from './ingest.ts';
import { mappingCommands } from './ingestion-mappings.ts';
import { viewCommands } from './materialized-views.ts';
import { operationCommands } from './operations.ts';
import { policyCommands } from './policies.ts';
import { scriptCommands } from './scripts.ts';
import { showCommands } from './show.ts';
import { databaseSchemaCommands } from './show-databases.ts';
import { tableCommands } from './tables.ts';

/** All commands. Those that differ by a later word come first, then the longer ones. */
const COMMANDS: readonly Command[] = [
  ...clusterPartCommands,
  ...mappingCommands,
  ...policyCommands,
  ...databaseCommands,
  ...functionCommands,
  ...ingestCommands,
  ...operationCommands,
  ...scriptCommands,
  ...databaseSchemaCommands,
  ...showCommands,
  ...tableCommands,
  ...viewCommands,
];

/** What is run, by its words and what they are about, for the documentation. */
export const supportedCommands: readonly Pick<Command, 'words' | 'about'>[] = COMMANDS.filter(
  ({ words }) => !refusedCommands.has(words),
);

/** Whether `text` is a command rather than a query. */
export function isCommand(text: string): boolean {
  const start = new CommandText(text);
  return start.sees('.');
}

/** Whether a command only reads, and so may be run by a read-only request. */
export function isReadOnlyCommand(text: string): boolean {
  const start = new CommandText(text);
  return start.try('.') && start.tryWord('show');
}

/**
 * Runs `source`, a whole command.
 *
 * @throws KqlError with the position where it is wrong or unknown
 */
export async function runCommand(
  source: string,
  surroundings: Omit<CommandContext, 'run'>,
  options: RunOptions,
): Promise<QueryResult> {
  const context: CommandContext = {
    ...surroundings,
    run: (another) => runCommand(another, surroundings, options),
  };
  const text = new CommandText(source);
  text.expect('.');
  const command = COMMANDS.find((candidate) => reads(text, candidate));
  if (!command) return text.refuseCommand(unknown(source.slice(text.offset)));
  text.command = command.words;
  const result = await command.run(text, context);
  if (text.atEnd)
    return {
      columns: result.columns,
      ...encodeRows(result.rows, result.columns, options.limits),
      milliseconds: 0,
    };
  if (!text.sees('|') || !command.words.startsWith('show')) return text.refuse('Unexpected text');
  return pipe(text, result, context, options);
}

const MOST_WORDS = 4;

function unknown(written: string): string {
  const words = /^[A-Za-z_-]+(?: +[A-Za-z_-]+)*/.exec(written.slice(0, 200))?.[0].split(/ +/) ?? [];
  const shown = words.length > 0 ? words.slice(0, MOST_WORDS).join(' ') : written.slice(0, 30);
  return `Unknown command '.${shown}'${commandMeant(written)}`;
}

/** The command that was probably meant, or where all are listed. Those of most words are tried first. */
function commandMeant(written: string): string {
  const words =
    written
      .slice(0, 200)
      .toLowerCase()
      .match(/[a-z-]+/g) ?? [];
  for (let count = words.length; count > 0; count--) {
    const known = COMMANDS.filter((command) => command.words.split(' ').length === count);
    const meant = nearestName(
      words.slice(0, count).join(' '),
      known.map((command) => command.words),
    );
    if (meant !== undefined) return `. Did you mean '.${meant}'?`;
  }
  return ' (see docs/embedded-engine.md)';
}

/** Reads a command's words, if they come next, and looks for the later word by which it differs from others. */
function reads(text: CommandText, { words, about }: Command): boolean {
  if (!about) return text.tryWords(words);
  return text.seesWordsAbout(words, about) && text.tryWords(words);
}

async function pipe(
  text: CommandText,
  result: CommandResult,
  { database }: CommandContext,
  options: RunOptions,
): Promise<QueryResult> {
  const start = text.offset;
  const table = datatable(result);
  const answer = database.query(`${table} ${text.rest()}`, options).catch((error) => {
    // The table was put before the caller's text, on one line.
    if (!(error instanceof KqlError) || error.functionName || error.position?.line !== 1) throw error;
    throw movedTo(error, { line: 1, column: Math.max(error.position.column - table.length - 1, 1) });
  });
  return within(text.text, start, answer);
}
