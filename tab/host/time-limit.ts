/**
 * Calls to the host answer through window messages: without a host, or with a busy one, they never settle,
 * and what they reject with is no `Error`. Everything in this folder goes through here.
 */
import { strings } from '../strings.ts';

/** The host did not answer, or answered with an error; `message` is for people. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

export const hostTimeLimit = 10_000;

/**
 * The answer of the host.
 *
 * @param call what is asked for, in words for people
 * @param limit milliseconds
 * @throws HostError after the limit, and for an error of the host
 */
export function answerOf<T>(call: string, answer: PromiseLike<T>, limit = hostTimeLimit): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new HostError(strings.host.noAnswer(call, Math.round(limit / 1000)))),
      limit,
    );
    answer.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (reason: unknown) => {
        clearTimeout(timer);
        reject(new HostError(strings.host.failed(call, reasonText(reason))));
      },
    );
  });
}

/** The text of whatever a host rejects with. Such objects may have no prototype, so `String()` would throw. */
export function reasonText(reason: unknown): string {
  if (typeof reason === 'string') return reason;
  if (typeof reason === 'object' && reason !== null && 'message' in reason) {
    if (typeof reason.message === 'string' && reason.message) return reason.message;
  }
  return strings.host.noReason;
}
