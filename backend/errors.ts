/**
 * Turns everything that goes wrong in a request into an HTTP answer of the contract:
 * `{code, message, details?, traceId}`. Messages written for callers pass through; of any other error, callers
 * get the trace id alone.
 */
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiError } from '../api/contract.ts';
import { KustoError } from '../kusto/client/errors.ts';
import {
  bodyTooLong,
  rawAnswer,
  refusalOfSize,
  refusalOfUnreadable,
  type SocketError,
} from '../net/request-size.ts';
import { KeysUnavailableError, TokenError } from './auth/token-error.ts';
import { RightsError, type RightsProblem } from './rights/rights-error.ts';

/** An error in the contract's terms. */
export interface Problem {
  readonly status: number;
  readonly message: string;
  readonly details?: ApiError['details'];
  readonly retryAfterSeconds?: number;
  /** How to prove who one is: the header `WWW-Authenticate`. */
  readonly challenge?: string;
}

/** One thing wrong with a request: the name of the parameter, field or header, and what would be right. */
type Mistake = NonNullable<ApiError['details']>[number];

/** More would help nobody, and a small request must not have a large answer. */
const mostMistakes = 20;
const longestTarget = 80;
const longestMessage = 1_000;

/**
 * Answers 400 with what is wrong with a request; `sentence` words one mistake in full. Of many mistakes, the first
 * are listed and the rest are counted; what is long in a mistake is cut.
 */
export function sendMistakes(
  reply: FastifyReply,
  mistakes: readonly Mistake[],
  sentence: (mistake: Mistake) => string = ({ message }) => message,
): FastifyReply {
  const details = mistakes.slice(0, mostMistakes).map(({ target, message }) => ({
    target: shortened(target, longestTarget),
    message: shortened(message, longestMessage),
  }));
  const sentences = details.map(sentence);
  const more = mistakes.length - details.length;
  if (more > 0) sentences.push(`There ${more === 1 ? 'is 1 more mistake' : `are ${more} more mistakes`}.`);
  return sendProblem(reply, { status: 400, message: sentences.join(' '), details });
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Answers with a problem, which no cache keeps. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, message, details, retryAfterSeconds, challenge } = problem;
  const body: ApiError = {
    code: String(status),
    message,
    ...(details && { details }),
    traceId: reply.request.id,
  };
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
  if (challenge !== undefined) reply.header('www-authenticate', challenge);
  return reply.code(status).header('cache-control', 'no-store').send(body);
}

/** Lets `app` answer every error, the framework's own included, in the form of the contract. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    // Where nothing is served, a body that cannot be read is beside the point.
    if (request.is404 && statusOf(error) < 500) return sendProblem(reply, unknownPath(app, request, reply));
    const problem = statusOf(error) === 413 ? bodyTooLong(request.routeOptions.bodyLimit) : problemOf(error);
    // An outage is not a defect: a stack would only fill the log.
    if (error instanceof KustoError && error.kind !== 'defect') request.log.warn(error.message);
    else if (isAboutAccess(error)) request.log.debug(`${error.name}: ${error.message}`);
    else if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) => sendProblem(reply, unknownPath(app, request, reply)));
}

/** Refuses a request whose address or headers are too long. */
export function refuseOversized(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw }, reply, done) => {
    const refusal = refusalOfSize(raw);
    if (refusal === undefined) done();
    else sendProblem(reply.header('connection', 'close'), refusal);
  });
}

/** Answers what Node could not read as a request. */
export function answerUnreadable(error: SocketError, socket: Socket): void {
  const refusal = refusalOfUnreadable(error);
  if (refusal === undefined || !socket.writable) return;
  const { status, message } = refusal;
  const body: ApiError = { code: String(status), message };
  socket.end(rawAnswer(status, JSON.stringify(body)));
}

/** The problem that a thrown error amounts to. */
export function problemOf(error: unknown): Problem {
  if (error instanceof KustoError) return problemOfKusto(error);
  if (isAboutAccess(error)) return problemOfAccess(error);
  const status = statusOf(error);
  if (status >= 400 && status < 500)
    return {
      status: 400,
      message: 'The request is malformed: path and query must be valid percent-encoded UTF-8.',
    };
  return { status: 500, message: 'Internal Server Error' };
}

function problemOfKusto({ kind, retryAfterSeconds }: KustoError): Problem {
  switch (kind) {
    case 'throttled':
      return { status: 429, message: 'Too Many Requests', retryAfterSeconds: retryAfterSeconds ?? 1 };
    case 'unavailable':
      return { status: 503, message: 'Service Unavailable', retryAfterSeconds: retryAfterSeconds ?? 5 };
    case 'defect':
      return { status: 500, message: 'Internal Server Error' };
  }
}

type AccessError = TokenError | KeysUnavailableError | RightsError;

function isAboutAccess(error: unknown): error is AccessError {
  return error instanceof TokenError || error instanceof KeysUnavailableError || error instanceof RightsError;
}

/** Whatever is wrong with a token, the words are the same: they would help only whoever made it up. */
function problemOfAccess(error: AccessError): Problem {
  if (error instanceof TokenError) return { status: 401, message: 'Unauthorized', challenge: 'Bearer' };
  if (error instanceof RightsError) return problemOfRights(error.problem);
  const { retryAfterSeconds } = error;
  return { status: 503, message: 'Service Unavailable', retryAfterSeconds };
}

function problemOfRights(problem: RightsProblem): Problem {
  switch (problem.kind) {
    case 'away': {
      const { retryAfterSeconds } = problem;
      return { status: 503, message: 'Service Unavailable', retryAfterSeconds };
    }
    case 'challenge': {
      const claims = Buffer.from(problem.claims).toString('base64');
      const challenge = `Bearer error="insufficient_claims", claims="${claims}"`;
      return { status: 401, message: 'Unauthorized', challenge };
    }
    case 'refused': {
      const { target, message } = problem;
      return { status: 403, message, details: [{ target, message }] };
    }
  }
}

const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const;

function unknownPath(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): Problem {
  const [path = ''] = request.url.split('?', 1);
  // The router takes a path with one of these for a pattern, and fails where it is none.
  const isPattern = /[*:]/.test(path);
  const allowed = methods.filter(
    (method) => !isPattern && method !== request.method && app.hasRoute({ method, url: path }),
  );
  if (allowed.length > 0) {
    reply.header('allow', allowed.join(', '));
    const words = allowed.join(', ').replace(/, (\w+)$/, ' and $1');
    return { status: 405, message: `Method Not Allowed: this path answers ${words}.` };
  }
  const message = 'Nothing is served at this path; /openapi.json lists what is.';
  return { status: 404, message: 'Not Found', details: [{ target: 'path', message }] };
}

function statusOf(error: unknown): number {
  const { statusCode } = Object(error) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 500;
}
