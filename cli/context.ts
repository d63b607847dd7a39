/** The interface between the program and its commands. */
import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.ts';

/** The environment of a command. It is passed in, so that tests can replace it. */
export interface Context {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Results: text for people, or JSON for programs. */
  readonly out: (text: string) => void;
  /** Progress, warnings and errors. */
  readonly err: (text: string) => void;
  /** Aborted when the user interrupts the command. */
  readonly signal: AbortSignal;
}

/** Adds a command to the program. Its action returns the exit code; without one, the command has succeeded. */
export type Register = (program: Command, context: Context, ends: Ends) => void;

/** Wraps an action so that the program gets its exit code. */
export type Ends = <Arguments extends readonly unknown[]>(
  action: (...given: Arguments) => Promise<ExitCode | undefined>,
) => (...given: Arguments) => Promise<void>;
