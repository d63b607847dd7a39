/**
 * Sends requests to Azure DevOps: adds credentials, slows down when the service asks for it, retries where that is
 * safe, and validates the response. A pause applies to the whole client, not only to one caller.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { backoff } from '../net/retry-policy.ts';
import { sleep } from '../net/sleep.ts';
import { timeLimit } from '../net/time-limit.ts';
import type { Organization } from './address.ts';
import type { Authorization } from './credentials.ts';
import { AzureDevOpsError, azureDevOpsErrorKind } from './error.ts';
import { defaultPacingPolicy, type PacingPolicy, pauseAfterSuccess, waitAfterRefusal } from './pacing.ts';

export interface RestOptions {
  readonly organization: Organization;
  readonly authorization: Authorization;
  readonly retry?: Partial<PacingPolicy>;
  /** Aborts requests and pauses, which then reject with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called before every pause, so that a person sees why nothing happens. */
  readonly onWait?: (milliseconds: number, reason: string) => void;
  /** For tests. */
  readonly now?: () => number;
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

export interface RestRequest<T extends TSchema> {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Relative to the URL of the organization, such as `_apis/projects`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly apiVersion?: string;
  /** The schema of the response; unknown fields are kept. */
  readonly answer: T;
}

export interface RestAnswer<T> {
  readonly body: T;
  /** For the next page; undefined on the last one. */
  readonly continuationToken: string | undefined;
}

/** Sends requests. @throws AzureDevOpsError */
export interface Rest {
  send<T extends TSchema>(request: RestRequest<T>): Promise<RestAnswer<Static<T>>>;
  /** Sends a request whose response has no body, such as a deletion. */
  sendOnly(request: Omit<RestRequest<TSchema>, 'answer'>): Promise<void>;
}

/** Creates a sender of requests to one organization. */
export function createRest(options: RestOptions): Rest {
  const { organization, authorization, signal, onWait } = options;
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const policy = { ...defaultPacingPolicy, ...options.retry };
  let notBefore = 0;

  async function pause(milliseconds: number, reason: string): Promise<void> {
    if (milliseconds <= 0) return;
    onWait?.(milliseconds, reason);
    await (options.sleep ?? sleep)(milliseconds, signal);
    signal?.throwIfAborted();
  }

  async function respond(request: Omit<RestRequest<TSchema>, 'answer'>): Promise<Response> {
    const method = request.method ?? 'GET';
    const title = `${method} ${request.path}`;
    let throttlings = 0;
    for (let attempt = 1; ; ) {
      await pause(notBefore - now(), 'Azure DevOps asked for a pause');
      const response = await attemptOnce(method, request);
      if (response instanceof Error) {
        // Only reads are retried, because a write may have arrived.
        if (method !== 'GET' || attempt >= policy.attempts) throw unanswered(title, response);
      } else if (
        response.status === 429 ||
        (response.status === 503 && response.headers.has('retry-after'))
      ) {
        const wait = waitAfterRefusal(response.headers, now());
        throttlings += 1;
        if (throttlings > policy.throttlings || wait > policy.longestRetryAfterMs) {
          throw new AzureDevOpsError(
            'throttled',
            `${title}: too many requests, try again in ${wait / 1000} s`,
            {
              status: response.status,
              retryAfterSeconds: wait / 1000,
            },
          );
        }
        await response.body?.cancel();
        notBefore = now() + wait;
        continue;
      } else if (response.status >= 500 && method === 'GET' && attempt < policy.attempts) {
        await response.body?.cancel();
      } else if (response.status >= 300 || response.status === 203) {
        throw await refused(title, response);
      } else {
        notBefore = now() + pauseAfterSuccess(response.headers, now());
        return response;
      }
      await pause(backoff(policy, attempt, random()), `${title} failed, trying again`);
      attempt += 1;
    }
  }

  async function attemptOnce(
    method: string,
    request: Omit<RestRequest<TSchema>, 'answer'>,
  ): Promise<Response | Error> {
    const headers: Record<string, string> = {
      accept: 'application/json',
      authorization: await authorization(),
      // Otherwise the service answers an invalid token with its sign-in page.
      'x-tfs-fedauthredirect': 'Suppress',
    };
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    try {
      return await fetch(urlOf(organization, request), {
        method,
        headers,
        redirect: 'manual',
        signal: timeLimit(policy.timeoutMs, signal),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      });
    } catch (error) {
      signal?.throwIfAborted();
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  return {
    async send(request) {
      const response = await respond(request);
      const body = await readJson(request, response);
      if (!Check(request.answer, body)) throw unexpected(request, body);
      return { body, continuationToken: response.headers.get('x-ms-continuationtoken') || undefined };
    },
    async sendOnly(request) {
      const response = await respond(request);
      await response.body?.cancel();
    },
  };
}

function urlOf(organization: Organization, request: Omit<RestRequest<TSchema>, 'answer'>): URL {
  const url = new URL(`${organization.url}/${request.path}`);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  url.searchParams.set('api-version', request.apiVersion ?? '7.1');
  return url;
}

async function readJson(request: RestRequest<TSchema>, response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (cause) {
    const message = `${request.method ?? 'GET'} ${request.path}: the response is not JSON`;
    throw new AzureDevOpsError('invalidAnswer', message, { status: response.status, cause });
  }
}

function unexpected(request: RestRequest<TSchema>, body: unknown): AzureDevOpsError {
  const [first] = Errors(request.answer, body);
  const where = first === undefined ? '' : ` at ${first.instancePath || 'the top'} (${first.message})`;
  return new AzureDevOpsError(
    'invalidAnswer',
    `${request.method ?? 'GET'} ${request.path}: unexpected response${where}`,
  );
}

function unanswered(title: string, cause: Error): AzureDevOpsError {
  const reason = cause.name === 'TimeoutError' ? 'no response in time' : 'could not connect';
  return new AzureDevOpsError('unavailable', `${title}: ${reason}`, { cause });
}

const advice: Partial<Record<ReturnType<typeof azureDevOpsErrorKind>, string>> = {
  unauthorized: 'the token is missing, invalid or expired',
  forbidden: 'the token does not permit this',
  notFound: 'not found, or this token may not see it',
};

async function refused(title: string, response: Response): Promise<AzureDevOpsError> {
  const kind = azureDevOpsErrorKind(response.status);
  const said = await serviceMessage(response);
  const reason = [advice[kind], said].filter((part) => part !== undefined).join(': ');
  const message = `${title}: ${reason === '' ? 'refused' : reason} (status ${response.status})`;
  return new AzureDevOpsError(kind, message, { status: response.status });
}

const ServiceErrorSchema = Type.Object({ message: Type.String() });

async function serviceMessage(response: Response): Promise<string | undefined> {
  try {
    const body: unknown = await response.json();
    return Check(ServiceErrorSchema, body) ? body.message.slice(0, 500) : undefined;
  } catch {
    return undefined;
  }
}
