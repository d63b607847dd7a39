/** What a request asked for, for its audit record. It is read again, so that requests refused before have it too. */
import type { FastifyRequest } from 'fastify';
import { readWaitBody } from '../../gates/wait-request.ts';
import { lookups } from '../../lookups/lookups.ts';
import type { AskedKey } from './record.ts';

/** The key; undefined where the request has none, or none that can be read. Never throws. */
export function askedOf(request: FastifyRequest, api: string | undefined): AskedKey | undefined {
  switch (api) {
    case 'b2d':
    case 'd2b':
    case 'p2b': {
      const { raw } = request.query as { readonly raw?: unknown };
      const reading = lookups[api].read(String(raw ?? ''));
      return reading.ok ? (reading.values as AskedKey) : undefined;
    }
    case 'gates': {
      if (request.method !== 'POST') return request.params as AskedKey;
      if (typeof request.body !== 'string') return undefined;
      const reading = readWaitBody(request.body);
      return reading.mistakes ? undefined : { ...reading.value.build };
    }
    default:
      return undefined;
  }
}
