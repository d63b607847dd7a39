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
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command. The message says what is wrong, and what would be valid. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** An option or a variable is invalid. The message has to name it. */
export const usageError = (message: string): CommandError => new CommandError(exitCodes.usage, message);

/** Printed at the end of the help. */
export const exitCodesHelp = `
Exit codes:
  0    success
  1    success, but the result is bad news
  2    an option, an argument or a variable is invalid
  3    a service refused the request, or did not answer
  130  interrupted`;
