/**
 * Limits how much one caller may ask in a minute: clients and users by their verified id, everybody else by network
 * address. Every answer says how much is left. Probes are never limited; nor are web hooks, because Azure DevOps stops
 * sending events to an address that refuses some.
 */
import { isIPv6 } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiError } from '../../api/contract.ts';
import { webhookPath } from '../../api/paths.ts';
import type { Caller } from '../auth/caller.ts';
import { KeysUnavailableError } from '../auth/token-error.ts';
import { sendProblem } from '../errors.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type RequestCounter, windowSeconds } from './request-counter.ts';
import type { LimitsConfig } from './settings.ts';

/** What a request counts against. */
interface Budget {
  readonly scope: 'client' | 'address';
  readonly key: string;
  readonly limit: number;
}

/**
 * Limits the requests of `app`; to be called after whatever verifies tokens, so that its hook runs later. What is
 * refused there for its token counts as unauthenticated.
 */
export function limitRequests(
  app: FastifyInstance,
  config: LimitsConfig,
  counter: RequestCounter,
  telemetry: Telemetry | undefined,
): void {
  app.addHook('onClose', async () => counter.stop());
  const ofCallers = new WeakMap<Caller, Budget>();
  /** Callers who were verified before are the same object: what follows from it is found out once. */
  const budgetOf = (request: FastifyRequest): Budget | undefined => {
    const { caller } = request;
    if (caller.kind === 'anyone') return undefined;
    if (caller.kind === 'anonymous') return addressBudget(request, config);
    const known = ofCallers.get(caller) ?? callerBudget(caller, config);
    ofCallers.set(caller, known);
    return known.limit === 0 ? undefined : known;
  };
  app.addHook('onRequest', (request, reply, done) => {
    const budget = isExempt(request) ? undefined : budgetOf(request);
    if (!budget) return done();
    if (take(budget, reply)) return done();
    sendProblem(reply, { status: 429, message: messageOf(budget), retryAfterSeconds: secondsLeft(reply) });
  });
  // A token that is not valid, or cannot be checked now, is refused before the hook above runs.
  const unchecked = new WeakSet<FastifyRequest>();
  app.addHook('onError', (request, _reply, error, done) => {
    if (error instanceof KeysUnavailableError) unchecked.add(request);
    done();
  });
  // Only what goes wrong is answered with an object: a body that was found is text already.
  app.addHook('preSerialization', (request, reply, payload, done) => {
    const isUnproven = reply.statusCode === 401 || unchecked.has(request);
    const budget = isUnproven ? addressBudget(request, config) : undefined;
    if (!budget || take(budget, reply)) return done(null, payload);
    const body: ApiError = { code: '429', message: messageOf(budget), traceId: request.id };
    reply
      .code(429)
      .header('retry-after', String(secondsLeft(reply)))
      .removeHeader('www-authenticate');
    done(null, body);
  });

  /** Counts a request, and tells whether it is within its budget. */
  function take({ scope, key, limit }: Budget, reply: FastifyReply): boolean {
    const { requests, secondsLeft } = counter.count(key);
    const isAllowed = requests <= limit;
    reply
      .header('ratelimit-limit', String(limit))
      .header('ratelimit-remaining', String(Math.max(0, limit - requests)))
      .header('ratelimit-reset', String(secondsLeft));
    telemetry?.record('deployments.limit.decisions', 1, {
      'deployments.limit.scope': scope,
      'deployments.limit.outcome': isAllowed ? 'allowed' : 'limited',
    });
    return isAllowed;
  }
}

function isExempt({ routeOptions: { url } }: FastifyRequest): boolean {
  return url !== undefined && (url.startsWith('/health/') || url === webhookPath);
}

function callerBudget(caller: Caller, config: LimitsConfig): Budget {
  return { scope: 'client', key: `client ${caller.id}`, limit: limitOf(caller, config) };
}

function limitOf(caller: Caller, { client, clients }: LimitsConfig): number {
  const named = caller.kind === 'service' ? clients.get(caller.client.toLowerCase()) : undefined;
  return named ?? clients.get(caller.id.toLowerCase()) ?? client;
}

function addressBudget({ ip }: FastifyRequest, { unauthenticated: limit }: LimitsConfig): Budget | undefined {
  return limit === 0 ? undefined : { scope: 'address', key: `address ${networkOf(ip)}`, limit };
}

/** One subscriber has a whole network of IPv6 addresses, of 64 bits at least. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = head.split(':').filter((group) => group !== '');
  const left = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length;
  return [...groups, ...Array.from({ length: left }, () => '0')].slice(0, 4).join(':');
}

function secondsLeft(reply: FastifyReply): number {
  return Number(reply.getHeader('ratelimit-reset') ?? windowSeconds);
}

function messageOf({ limit }: Budget): string {
  return `Too Many Requests: ${limit} in a minute are allowed.`;
}
