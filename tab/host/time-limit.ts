/**
 * A time limit for calls to the host. They use window messages, so that without a host, or with a busy one, they never
 * settle, and they do not reject with an `Error`. All calls in this folder go through here.
 */
import { strings } from '../strings.ts';

/** How a call to the host failed: no answer in time, an error in return, or a refusal to load the page at all. */
export type HostErrorKind = 'noAnswer' | 'failed' | 'refused';

/** The host did not answer, or returned an error. `message` is for people. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly kind: HostErrorKind;

  constructor(kind: HostErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export const hostTimeLimit = 10_000;

/**
 * Waits for an answer of the host.
 *
 * @param call the name of the call, for the error message
 * @param limit milliseconds
 * @throws HostError after the limit, or if the host returns an error
 */
export function withTimeLimit<T>(call: string, answer: PromiseLike<T>, limit = hostTimeLimit): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new HostError('noAnswer', strings.host.noAnswer(call, Math.round(limit / 1000)))),
      limit,
    );
    answer.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (reason: unknown) => {
        clearTimeout(timer);
        reject(new HostError('failed', strings.host.failed(call, reasonText(reason))));
      },
    );
  });
}

/** The message of whatever a host rejects with. `String()` would throw for an object without a prototype. */
export function reasonText(reason: unknown): string {
  if (typeof reason === 'string') return reason;
  if (typeof reason === 'object' && reason !== null && 'message' in reason) {
    if (typeof reason.message === 'string' && reason.message) return reason.message;
  }
  return strings.host.noReason;
}
