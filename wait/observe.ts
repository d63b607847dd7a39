/**
 * Turns the client's answers and errors into observations of a wait: `away` for what may resolve itself,
 * `refused` for what will not. A stale answer counts as `away`, because yesterday's "all succeeded" must not
 * end a wait.
 */
import type { DeploymentsClient, LookupAnswer } from '../api/client.ts';
import { ClientError } from '../api/client-error.ts';
import type { Build2Deployment, Deployment, DeploymentEntities } from '../api/contract.ts';
import type { BuildKey, EntitiesQuery } from '../api/keys.ts';
import { formatDuration } from './duration.ts';
import { FailedEntitiesReader } from './failed-entities.ts';
import type { Observation } from './progress.ts';

export interface ObserverOptions {
  /** Drops a token that the backend rejected, so that the next request gets a new one. */
  readonly renewToken?: () => void;
  /** What the user can do about 401 and 403. */
  readonly howToGetAccess: string;
  /** Whether a deployment is waited for: of no other are the failed entities read. All are, unless told. */
  readonly concerns?: (deployment: Deployment) => boolean;
}

/** Thrown by a token supplier if trying again will not help, such as with a wrong secret. */
export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError';
}

/** Returns a function that gets a build's deployments once. It rejects only when the signal is aborted. */
export function createObserver(
  client: DeploymentsClient,
  build: BuildKey,
  options: ObserverOptions,
): (signal: AbortSignal) => Promise<Observation> {
  let previous: LookupAnswer<Build2Deployment> | undefined;
  const failed = new FailedEntitiesReader(
    (query, signal) => readEntities(client, query, signal),
    options.concerns,
  );
  const ask = async (signal: AbortSignal): Promise<Observation> => {
    const answer = await client.getDeployments(build, { signal, ...(previous && { previous }) });
    previous = answer;
    const observation = observed(answer);
    if (observation.kind !== 'deployments') return observation;
    const failedEntities = await failed.read(observation.deployments, signal);
    return failedEntities.size === 0 ? observation : { ...observation, failedEntities };
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

/** A service of an older version has no entities: 404. */
async function readEntities(
  client: DeploymentsClient,
  query: EntitiesQuery,
  signal?: AbortSignal,
): Promise<DeploymentEntities | undefined> {
  try {
    const answer = await client.getEntities(query, signal ? { signal } : {});
    return answer.kind === 'found' ? answer.body : undefined;
  } catch (error) {
    if (error instanceof ClientError) return undefined;
    throw error;
  }
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof ClientError && error.kind === 'unauthorized';
}

/**
 * Gives each poll a signal of its own. Otherwise the listeners that requests add (`AbortSignal.any`) would
 * pile up on the signal of the whole wait.
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

function observed(answer: LookupAnswer<Build2Deployment>): Observation {
  if (answer.kind === 'unknown') return { kind: 'unknownBuild', message: answer.message };
  if (answer.kind === 'none') return { kind: 'deployments', deployments: [] };
  if (answer.staleSeconds !== undefined) {
    const age = formatDuration(answer.staleSeconds * 1_000);
    return {
      kind: 'away',
      problem: 'uselessAnswer',
      message: `it cannot reach its data; its last good answer is ${age} old`,
    };
  }
  return {
    kind: 'deployments',
    deployments: answer.body.Deployments,
    ...(answer.skipped.length > 0 && { unreadable: answer.skipped.length }),
  };
}

/** @param wasReached whether the service has answered before: then it is being redeployed rather than misconfigured */
function explain(error: ClientError, options: ObserverOptions, wasReached: boolean): Observation {
  const trace = error.traceId === undefined ? '' : ` (trace id ${error.traceId})`;
  const refused = (message: string): Observation => ({ kind: 'refused', message: message + trace });
  switch (error.kind) {
    case 'unauthorized':
      return refused(`The service rejected the token (401: ${error.message}). ${options.howToGetAccess}`);
    case 'forbidden':
      return refused(`The service denied access (403: ${error.message}). ${options.howToGetAccess}`);
    case 'badRequest':
      return refused(`The service rejected the request (400): ${error.message}`);
    case 'tokenFailed':
      return error.cause instanceof TokenRefusedError
        ? refused(`Could not get an access token: ${error.cause.message}. ${options.howToGetAccess}`)
        : {
            kind: 'away',
            problem: 'noToken',
            message: `could not get an access token: ${reasonOf(error.cause)}`,
          };
    case 'notAnApi':
      if (!wasReached) {
        return refused(`There is no deployments service at this address (${error.status}). Check its URL.`);
      }
      break;
    case 'network':
      return { kind: 'away', message: `could not connect: ${reasonOf(error.cause)}` };
  }
  return {
    kind: 'away',
    problem: error.kind === 'timeout' ? 'noAnswer' : 'uselessAnswer',
    message: error.message.replace(/\.$/, '') + trace,
    ...(error.retryAfterSeconds !== undefined && { retryAfterMs: error.retryAfterSeconds * 1_000 }),
  };
}

/** The message of the innermost cause: `fetch failed` hides `connect ECONNREFUSED …` in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.message || code || error.name;
}
