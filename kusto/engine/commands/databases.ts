/** Commands that create and drop databases, as the Kusto emulator has them. */
import { KqlError } from '../errors.ts';
import { type Command, type CommandContext, type CommandResult, columns } from './command.ts';
import type { CommandText } from './command-text.ts';

const CREATED = columns({
  DatabaseName: 'string',
  PersistentPath: 'string',
  Created: 'bool',
  StoresMetadata: 'bool',
  StoresData: 'bool',
});

export const databaseCommands: readonly Command[] = [
  { words: 'create database', run: create },
  { words: 'drop database', run: drop },
];

/** `.create database X [persist (...)] [ifnotexists]`; every database is kept in the data folder. */
async function create(text: CommandText, { folder }: CommandContext): Promise<CommandResult> {
  const name = text.name('a database');
  if (text.tryWord('volatile')) text.refuse('Volatile databases are not supported; leave the word out');
  if (text.tryWord('persist')) text.skipParenthesis();
  const ifNotExists = text.tryWord('ifnotexists');
  const exists = folder.has(name);
  if (exists && !ifNotExists) {
    throw new KqlError(`Database '${name}' exists already`, { code: 'BadRequest_EntityNameIsNotUnique' });
  }
  text.end();
  if (!exists) await folder.create(name);
  return { columns: CREATED, rows: [[name, '', exists ? 0n : 1n, 1n, 1n]] };
}

async function drop(text: CommandText, { folder, database }: CommandContext): Promise<CommandResult> {
  const name = text.name('a database');
  const ifExists = text.tryWord('ifexists');
  if (name.toLowerCase() === database.name.toLowerCase()) {
    throw new KqlError(`Database '${name}' is the one that the command is sent to: send it to another`);
  }
  text.end();
  if (!ifExists || folder.has(name)) await folder.drop(name);
  return { columns: columns({ DatabaseName: 'string' }), rows: [[name]] };
}
