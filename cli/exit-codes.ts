/** How a command ends. Scripts and timers rely on these numbers. */
export const exitCodes = {
  /** Done, and all is well. */
  success: 0,
  /** Done, and the answer is bad news: unhealthy hooks, builds that could not be fetched. */
  badNews: 1,
  /** The command line or the environment is wrong. */
  usage: 2,
  /** A service refused or did not answer. */
  service: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a message that names what was wrong and what would be right. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The options or variables do not fit; naming them is the message's work. */
export const usageError = (message: string): CommandError => new CommandError(exitCodes.usage, message);

/** The text that ends the help of every command. */
export const exitCodesHelp = `
Exit codes:
  0    done, and all is well
  1    done, and the answer is bad news
  2    an option, an argument or a variable is wrong
  3    a service refused, or did not answer
  130  interrupted`;
