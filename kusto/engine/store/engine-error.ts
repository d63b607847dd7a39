/** Failures that are not the request's fault. A wrong request is a `KqlError`. */

/**
 * `timeout`: it took too long; `busy`: too much at once; `unavailable`: not now (shutting down, no space); `damaged`: a file
 * cannot be read; `fault`: ours.
 */
export type EngineErrorKind = 'timeout' | 'busy' | 'unavailable' | 'damaged' | 'fault';

/** The engine could not answer; `kind` says whether trying again may help. */
export class EngineError extends Error {
  readonly kind: EngineErrorKind;

  constructor(kind: EngineErrorKind, message: string) {
    super(message);
    this.name = 'EngineError';
    this.kind = kind;
  }
}
