/**
 * Turns the client's answers and errors into what a wait can use: what may pass by itself is `away`, what
 * will not is `refused`. An answer that the backend marks as stale counts as away: yesterday's "all
 * succeeded" must end nothing.
 */

import type { Answer, DeploymentsClient } from '../api/client.ts';
import { ClientError } from '../api/client-error.ts';
import type { Build2Deployment } from '../api/contract.ts';
import type { BuildKey } from '../api/keys.ts';
import { formatDuration } from './duration.ts';
import type { Observation } from './progress.ts';

export interface ObserverOptions {
  /** Forgets a token that the backend no longer takes; the next request asks for another. */
  readonly renewToken?: () => void;
  /** What to do about 401 and 403, in the words of whoever waits. */
  readonly howToGetAccess: string;
}

/** Thrown by a token supplier when trying again will not help, such as for a wrong secret. */
export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError';
}

/** Gives the function that looks at a build's deployments once. It rejects only when the signal fires. */
export function createObserver(
  client: DeploymentsClient,
  build: BuildKey,
  options: ObserverOptions,
): (signal: AbortSignal) => Promise<Observation> {
  let previous: Answer<Build2Deployment> | undefined;
  const ask = async (signal: AbortSignal): Promise<Observation> => {
    const answer = await client.getDeployments(build, { signal, ...(previous && { previous }) });
    previous = answer;
    return observed(answer);
  };
  return (signal) =>
    withOwnSignal(signal, async (own) => {
      try {
        return await ask(own).catch((error: unknown) => {
          if (!options.renewToken || !isUnauthorized(error)) throw error;
          options.renewToken();
          return ask(own);
        });
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        return explain(error, options, previous !== undefined);
      }
    });
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof ClientError && error.kind === 'unauthorized';
}

/**
 * Gives each look a signal of its own: what requests hang on a signal (`AbortSignal.any`) would otherwise
 * pile up on one that lives for a whole wait.
 */
async function withOwnSignal<T>(signal: AbortSignal, act: (own: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const abort = () => own.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await act(own.signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function observed(answer: Answer<Build2Deployment>): Observation {
  if (answer.kind === 'unknown') return { kind: 'unknownBuild', message: answer.message };
  if (answer.kind === 'none') return { kind: 'deployments', deployments: [] };
  if (answer.staleSeconds !== undefined) {
    const age = formatDuration(answer.staleSeconds * 1_000);
    return { kind: 'away', message: `its data cannot be reached; the last good answer is ${age} old` };
  }
  return {
    kind: 'deployments',
    deployments: answer.body.Deployments,
    ...(answer.skipped.length > 0 && { unreadable: answer.skipped.length }),
  };
}

/** `wasReached` tells a wrong address from one that has worked before and is being redeployed. */
function explain(error: ClientError, options: ObserverOptions, wasReached: boolean): Observation {
  const trace = error.traceId === undefined ? '' : ` (trace id ${error.traceId})`;
  const refused = (message: string): Observation => ({ kind: 'refused', message: message + trace });
  switch (error.kind) {
    case 'unauthorized':
      return refused(
        `The service does not accept the token (401: ${error.message}). ${options.howToGetAccess}`,
      );
    case 'forbidden':
      return refused(`The service refuses to answer (403: ${error.message}). ${options.howToGetAccess}`);
    case 'badRequest':
      return refused(`The service does not accept the question (400): ${error.message}`);
    case 'tokenFailed':
      return error.cause instanceof TokenRefusedError
        ? refused(`No access token was issued: ${error.cause.message}. ${options.howToGetAccess}`)
        : { kind: 'away', message: `no access token could be had: ${reasonOf(error.cause)}` };
    case 'notAnApi':
      if (!wasReached) {
        return refused(`No deployments service answers at this address (${error.status}). Check its URL.`);
      }
      break;
    case 'network':
      return { kind: 'away', message: `it cannot be reached: ${reasonOf(error.cause)}` };
  }
  return {
    kind: 'away',
    message: error.message.replace(/\.$/, '') + trace,
    ...(error.retryAfterSeconds !== undefined && { retryAfterMs: error.retryAfterSeconds * 1_000 }),
  };
}

/** The innermost reason that says something: `fetch failed` hides `connect ECONNREFUSED …` in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.message || code || error.name;
}
