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
