/**
 * Gives every request its caller. With `AUTH=none` nothing is asked: only this machine reaches the server. With
 * `AUTH=entra` a request needs a token, except where there is nothing to protect or another secret opens the door.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { azureDevOpsTokenHeader } from '../../api/access.ts';
import { webhookPath } from '../../api/paths.ts';
import type { Authenticator } from './authenticator.ts';
import type { Caller } from './caller.ts';

/** The headers that tell who asks. */
const variesBy = `authorization, ${azureDevOpsTokenHeader}`;
const variesByOrigin = `Origin, ${variesBy}`;

/** The same beside what the answer varies by already. */
function variesByMore(kept: unknown): string {
  if (kept === 'Origin') return variesByOrigin;
  return kept ? `${kept}, ${variesBy}` : variesBy;
}

/** Probes, documentation, and the webhook, which has a secret of its own. */
const openRoutes = [/^\/health\//, /^\/docs(?:\/|$)/, /^\/openapi\.json$/];

/** A plan proves itself with its own token, which only Azure DevOps can verify: see gates/gate-rights.ts. */
const plansRoutes = /^\/gates\/v1\/(?:evaluations$|waits(?:$|\/))/;

/** Sets `request.caller` before any hook that is added later runs. */
export function giveCallers(app: FastifyInstance, caller: Caller): void {
  app.decorateRequest('caller');
  app.addHook('onRequest', (request, _reply, done) => {
    request.caller = caller;
    done();
  });
}

/** Refuses every request without a valid token, whether or not there is such a path. */
export function requireTokens(app: FastifyInstance, authenticator: Authenticator): void {
  const open = new Map<string | undefined, boolean>();
  /** Routes are few: each is looked at once. */
  const isOpenRoute = (route: string | undefined): boolean => {
    const known = open.get(route) ?? isOpen(route);
    open.set(route, known);
    return known;
  };
  app.addHook('onRequest', (request, reply, done) => {
    const { url } = request.routeOptions;
    if (isOpenRoute(url) || isOfPlan(url, request)) return done();
    reply.header('vary', variesByMore(reply.getHeader('vary')));
    const proven = (caller: Caller): void => {
      request.caller = withOwnToken(caller, request);
      done();
    };
    const caller = authenticator.callerOf(authorizationsOf(request));
    if (caller instanceof Promise) caller.then(proven, done);
    else proven(caller);
  });
}

function isOpen(route: string | undefined): boolean {
  return route !== undefined && (route === webhookPath || openRoutes.some((open) => open.test(route)));
}

function isOfPlan(route: string | undefined, { headers }: FastifyRequest): boolean {
  const sendsPlanToken = headers.authtoken !== undefined && headers.authorization === undefined;
  return sendsPlanToken && plansRoutes.test(route ?? '');
}

/** Node joins or drops repeated headers; here a second one must be seen. */
function authorizationsOf({ raw: { rawHeaders } }: FastifyRequest): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (isAuthorization(rawHeaders[index])) values.push(rawHeaders[index + 1] ?? '');
  return values;
}

function isAuthorization(name = ''): boolean {
  return name.length === 'authorization'.length && name.toLowerCase() === 'authorization';
}

function withOwnToken(caller: Caller, { headers }: FastifyRequest): Caller {
  const token = headers[azureDevOpsTokenHeader];
  if (caller.kind !== 'page' || typeof token !== 'string') return caller;
  return { ...caller, azureDevOpsToken: () => token };
}
