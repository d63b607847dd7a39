/** Why an engine did not start. Whoever started it says which setting or option would help. */

/** What has to be changed: the choice of the `folder`, what is in it (a `file`), or the `port`. */
export type EngineStartProblem = 'folder' | 'file' | 'port' | 'other';

/** An engine did not start; nothing in its folder was changed. `message` says what is wrong, in a line for people. */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError';
  readonly problem: EngineStartProblem;

  constructor(problem: EngineStartProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.problem = problem;
  }
}
