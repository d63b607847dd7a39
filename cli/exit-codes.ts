/** The exit codes of commands. Scripts rely on these numbers. */
export const exitCodes = {
  /** The command succeeded, and all is well. */
  success: 0,
  /** The command succeeded, but the result is bad: unhealthy hooks, builds that could not be read. */
  badNews: 1,
  /** An option, an argument or a variable is invalid. */
  usage: 2,
  /** A service refused the request, or did not answer. */
  service: 3,
  interrupted: 130,
  /** Whoever read standard output has gone, such as `head`; the same number as for a program that SIGPIPE ends. */
  readerLeft: 141,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command. The message says on one line what is wrong, and what would be valid; `details` are further lines. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  readonly details: readonly string[];

  constructor(exitCode: ExitCode, message: string, details: readonly string[] = []) {
    super(message);
    this.exitCode = exitCode;
    this.details = details;
  }
}

/** An option or a variable is invalid. The message has to name it. */
export const usageError = (message: string, details?: readonly string[]): CommandError =>
  new CommandError(exitCodes.usage, message, details);

/** One error for one or several options that are invalid. */
export function usageErrorOf(problems: readonly string[]): CommandError {
  const [first = '', ...others] = problems;
  return others.length === 0 ? usageError(first) : usageError('several options are invalid:', problems);
}

/** Printed at the end of the help. */
export const exitCodesHelp = `
Exit codes:
  0    success
  1    success, but the result is bad news
  2    an option, an argument or a variable is invalid
  3    a service refused the request, or did not answer
  130  interrupted
  141  whoever read the output has gone, as in '… | head'`;
