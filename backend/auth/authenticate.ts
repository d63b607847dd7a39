/**
 * Gives every request its caller. With `AUTH=none` nothing is asked: only this machine reaches the server. With
 * `AUTH=entra` a request needs a token, except where there is nothing to protect or another secret opens the door.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { azureDevOpsTokenHeader } from '../../api/access.ts';
import { webhookPath } from '../../api/paths.ts';
import type { Authenticator } from './authenticator.ts';
import type { Caller } from './caller.ts';

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
  app.addHook('onRequest', async (request, reply) => {
    if (isOpen(request.routeOptions.url) || isOfPlan(request)) return;
    const kept = reply.getHeader('vary');
    reply.header('vary', [...(kept ? [kept] : []), 'authorization', azureDevOpsTokenHeader].join(', '));
    request.caller = withOwnToken(await authenticator.callerOf(authorizationsOf(request)), request);
  });
}

function isOpen(route: string | undefined): boolean {
  return route !== undefined && (route === webhookPath || openRoutes.some((open) => open.test(route)));
}

function isOfPlan({ routeOptions, headers }: FastifyRequest): boolean {
  const mayBe = plansRoutes.test(routeOptions.url ?? '');
  return mayBe && headers.authtoken !== undefined && headers.authorization === undefined;
}

/** Node joins or drops repeated headers; here a second one must be seen. */
function authorizationsOf({ raw: { rawHeaders } }: FastifyRequest): string[] {
  return rawHeaders.filter(
    (_value, index) => rawHeaders[index - 1]?.toLowerCase() === 'authorization' && index % 2 === 1,
  );
}

function withOwnToken(caller: Caller, { headers }: FastifyRequest): Caller {
  const token = headers[azureDevOpsTokenHeader];
  if (caller.kind !== 'page' || typeof token !== 'string') return caller;
  return { ...caller, azureDevOpsToken: () => token };
}
