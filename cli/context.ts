/** What the program gives a command, and what it takes from one. */
import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.ts';

/** What a command may touch of the outside: passed in, so that a test can be the terminal and the environment. */
export interface Context {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Results: text for people, or JSON for programs. */
  readonly out: (text: string) => void;
  /** Progress, warnings and errors. */
  readonly err: (text: string) => void;
  /** Aborted when the person interrupts. */
  readonly signal: AbortSignal;
}

/** Adds a command to the program. What its action returns becomes the exit code; nothing is success. */
export type Register = (program: Command, context: Context, ends: Ends) => void;

/** Wraps an action so that its exit code is kept. */
export type Ends = <Arguments extends readonly unknown[]>(
  action: (...given: Arguments) => Promise<ExitCode | undefined>,
) => (...given: Arguments) => Promise<void>;
