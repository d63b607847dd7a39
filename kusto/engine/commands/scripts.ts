/**
 * `.execute database script`: several commands one after another, which is how delta-kusto changes a database.
 * https://learn.microsoft.com/kusto/management/execute-database-script
 */
import { randomUUID } from 'node:crypto';
import { KqlError } from '../errors.ts';
import { within } from '../store/relocate.ts';
import { type Command, type CommandContext, type CommandResult, columns } from './command.ts';
import { CommandText } from './command-text.ts';

export const scriptCommands: readonly Command[] = [{ words: 'execute database script', run: execute }];

interface Piece {
  readonly text: string;
  /** Where it begins in the whole text. */
  readonly start: number;
}

async function execute(text: CommandText, { run }: CommandContext): Promise<CommandResult> {
  const properties = text.properties();
  const [continues, throws] = ['continueonerrors', 'throwonerrors'].map(
    (name) => properties.get(name)?.toLowerCase() === 'true',
  );
  if (continues && throws) text.refuse('ContinueOnErrors and ThrowOnErrors do not work together');
  text.expect('<|');
  const start = text.offset;
  const commands = commandsIn(text.rest(), start);
  if (commands.length === 0)
    throw new KqlError("The script has no command: one begins with '.' on a line of its own");
  const rows: string[][] = [];
  for (const command of commands) {
    const row = [randomUUID(), typeOf(command.text), command.text];
    if (/^\.\s*show\b/i.test(command.text)) {
      rows.push([...row, 'Skipped', '']);
      continue;
    }
    if (/^\.\s*execute\b/i.test(command.text)) throw new KqlError('A script in a script is not supported');
    const failure = await within(text.text, command.start, run(command.text)).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure !== undefined && !(failure instanceof KqlError && !throws)) throw failure;
    rows.push([...row, failure ? 'Failed' : 'Completed', failure?.message ?? '']);
    if (failure && !continues) break;
  }
  return {
    columns: columns({
      OperationId: 'guid',
      CommandType: 'string',
      CommandText: 'string',
      Result: 'string',
      Reason: 'string',
    }),
    rows,
  };
}

const COMMENTS_AT_END = /(?:\n[ \t]*\/\/[^\n]*)+\s*$/;

/** A command begins with a dot at the beginning of a line, where no text, comment or brace is open. */
function commandsIn(script: string, offset: number): Piece[] {
  const starts: number[] = [];
  const reader = new CommandText(script);
  let line = 0;
  let depth = 0;
  while (!reader.atEnd) {
    const at = reader.offset;
    if (reader.sees('.') && depth === 0 && isLineStart(script, at, line)) starts.push(at);
    line = at;
    if (reader.tryString() !== undefined) continue;
    if (reader.sees('{')) depth += 1;
    if (reader.sees('}')) depth -= 1;
    reader.skip();
  }
  const first = starts[0] ?? script.length;
  const before = new CommandText(script.slice(0, first));
  if (!before.atEnd)
    throw new KqlError(
      `The script begins with '${before.rest().trim().slice(0, 30)}', which is not a command`,
    );
  return starts.map((start, index) => ({
    text: script
      .slice(start, starts[index + 1])
      .replace(COMMENTS_AT_END, '')
      .trim(),
    start: offset + start,
  }));
}

/** Whether there is nothing but blanks and comments since the end of the line before. */
function isLineStart(script: string, at: number, before: number): boolean {
  return at === 0 || before === 0 || /\n/.test(script.slice(before, at));
}

const ENTITIES = /^(?:tables?|functions?|column|database|materialized-view)$/;

/** As in the example of the page: `TableCreate`, `RetentionPolicyAlter`, `FunctionCreateOrAlter`. */
function typeOf(command: string): string {
  const words = (command.slice(1, 200).match(/[A-Za-z_-]+/g) ?? []).map((word) => word.toLowerCase());
  const [verb = '', entity = ''] = words;
  const action = camel(verb.replace(/-merge$/, ''));
  const policy = words.indexOf('policy');
  if (policy > 0 && policy < 5) return `${camel(words[policy + 1] ?? '')}Policy${action}`;
  return ENTITIES.test(entity) ? `${camel(entity.replace(/s$/, ''))}${action}` : action;
}

function camel(words: string): string {
  return words.replace(/(?:^|[-_])([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
