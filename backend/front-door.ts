/**
 * Requests that come through Azure Front Door. It writes its id into each of them, and the address from which the
 * caller connected to it. Of its headers about the caller only `X-Azure-SocketIP` is believed: `X-Azure-ClientIP` and
 * `X-Forwarded-For` repeat what the caller has sent. Without a configured id, no header of this kind is believed.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isGuid } from '../net/guid.ts';
import { type Problem, sendProblem } from './errors.ts';

/** Routes that the platform itself probes in every instance, past Front Door. They tell and take nothing. */
const probedRoutes = ['/health/live', '/health/ready'];

/** The door through which requests must come. */
export interface FrontDoor {
  /** Makes `request.ip` the caller's address, where the request came through Front Door. */
  identify(request: FastifyRequest): void;
  /** Why a request must not be answered; undefined where it may. */
  refusalOf(request: FastifyRequest): Problem | undefined;
}

/** @param id id of the Front Door; without it every request may come, from the address of its connection */
export function frontDoorOf(id: string | undefined): FrontDoor | undefined {
  if (id === undefined) return undefined;
  const expected = digestOf(id.toLowerCase());
  const cameThrough = ({ headers }: FastifyRequest): boolean => {
    const given = headers['x-azure-fdid'];
    // Several values are joined by Node, and are none.
    return (
      typeof given === 'string' && isGuid(given) && timingSafeEqual(digestOf(given.toLowerCase()), expected)
    );
  };
  return {
    identify(request) {
      const address = cameThrough(request) ? addressIn(request.headers['x-azure-socketip']) : undefined;
      if (address !== undefined) Object.defineProperty(request, 'ip', { value: address });
    },
    refusalOf(request) {
      if (probedRoutes.includes(request.routeOptions.url ?? '') || cameThrough(request)) return undefined;
      return {
        status: 403,
        message: 'This service answers only to requests that come through its Front Door.',
      };
    },
  };
}

/** Identifies callers; to be called before anything that asks for `request.ip`. */
export function identifyCallers(app: FastifyInstance, door: FrontDoor): void {
  app.addHook('onRequest', (request, _reply, done) => {
    door.identify(request);
    done();
  });
}

/** Refuses what did not come through the door; to be called before anything that answers. */
export function refuseBypassing(app: FastifyInstance, door: FrontDoor): void {
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = door.refusalOf(request);
    if (refusal) sendProblem(reply, refusal);
    else done();
  });
}

/** One address in its one form, without a port, so that nobody counts as several; undefined for anything else. */
function addressIn(header: string | string[] | undefined): string | undefined {
  const text = String(header ?? '').trim();
  const [, bracketed] = /^\[([^[\]]*)\](?::\d{1,5})?$/.exec(text) ?? [];
  const [, beforePort] = /^([^:]*):\d{1,5}$/.exec(text) ?? [];
  const address = bracketed ?? beforePort ?? text;
  if (bracketed === undefined && isIPv4(address)) return address;
  if (beforePort !== undefined || !isIPv6(address) || address.includes('%')) return undefined;
  const normal = new SocketAddress({ address, family: 'ipv6' }).address;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(normal) ?? [];
  return mapped ?? normal;
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
