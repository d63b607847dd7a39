/** What a check finds: where, and what is wrong there. */
export interface Problem {
  /** A file, and the place in it. */
  readonly place: string;
  /** A sentence without its full stop. */
  readonly message: string;
}
