/** The input and result of a management command. Each command is one entry of the list in `run.ts`. */
import { randomUUID } from 'node:crypto';
import type { Column, ScalarType } from '../catalog.ts';
import type { SqlValue } from '../compile.ts';
import type { EngineDatabase } from '../store/database.ts';
import type { DatabaseFolder } from '../store/folder.ts';
import type { CommandText } from './command-text.ts';

/** A command's answer: a table of values as SQLite would hold them. */
export interface CommandResult {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** The `async` commands that have been run. */
export interface OperationLog {
  /** Runs `work` as an operation and answers with its id. */
  run(operation: string, database: string, work: () => Promise<unknown>): Promise<CommandResult>;
  /** All operations, or the one with this id. */
  show(id?: string): CommandResult;
}

/** The surroundings of a command. */
export interface CommandContext {
  readonly database: EngineDatabase;
  readonly folder: DatabaseFolder;
  readonly operations: OperationLog;
  /** Milliseconds until the command is ended. */
  readonly timeout: number;
  /** Runs another command. */
  run(source: string): Promise<unknown>;
}

/** A command: the words that it starts with, and a function that runs it on the text after them. */
export interface Command {
  /** The words after the dot. */
  readonly words: string;
  /** The word that follows the name of the entity, where that tells the command from others. */
  readonly about?: 'policy' | 'ingestion' | 'columns';
  readonly run: (text: CommandText, context: CommandContext) => Promise<CommandResult> | CommandResult;
}

/** A result's columns from `name: type` pairs. */
export function columns(types: Readonly<Record<string, ScalarType>>): Column[] {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}

/** The id of an extent. The engine keeps none; Kusto's answers name them. */
export function extentId(): string {
  return randomUUID();
}
