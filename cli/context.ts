/** The interface between the program and its commands. */
import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import type { OutputStream } from './terminal/capabilities.ts';
import type { Printer } from './terminal/printer.ts';

/** What a process gives to the command that runs in it. It is passed in, so that tests can replace it. */
export interface ProcessContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly out: OutputStream;
  readonly err: OutputStream;
  /** Aborted when the user interrupts the command. */
  readonly signal: AbortSignal;
}

/** The environment of a command. */
export interface Context extends Pick<ProcessContext, 'environment' | 'signal'> {
  /** Results: text for people, or JSON for programs. */
  readonly out: Printer;
  /** Progress, warnings and errors. */
  readonly err: Printer;
}

/** Adds a command to the program. Its action returns the exit code; without one, the command has succeeded. */
export type Register = (program: Command, context: Context, ends: Ends) => void;

/** Wraps an action so that the program gets its exit code. */
export type Ends = <Arguments extends readonly unknown[]>(
  action: (...given: Arguments) => Promise<ExitCode | undefined>,
) => (...given: Arguments) => Promise<void>;
