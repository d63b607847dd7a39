/** What a request asked for, for its audit record. It is read again, so that requests refused before have it too. */
import type { FastifyRequest } from 'fastify';
import { lookupNames, lookupPaths } from '../../../api/lookups.ts';
import { readWaitBody } from '../../gates/wait-request.ts';
import { lookups } from '../../lookups/lookups.ts';
import type { AskedKey } from './record.ts';

/** The key; undefined where the request has none, or none that can be read. Never throws. */
export function askedOf(request: FastifyRequest): AskedKey | undefined {
  const { url: route } = request.routeOptions;
  if (route === undefined) return undefined;
  if (route.startsWith('/gates/')) return askedOfGate(request);
  const name = lookupNames.find((lookup) => lookupPaths[lookup].includes(route));
  if (name === undefined) return undefined;
  const { raw } = request.query as { readonly raw?: unknown };
  const { id } = request.params as { readonly id?: string };
  const reading = lookups[name].read(String(raw ?? ''), id ?? '');
  return reading.ok ? plain(Object(reading.values)) : undefined;
}

/** A wait names a build in its body; what cancels one names a task of a plan in its path. */
function askedOfGate({ method, params, body }: FastifyRequest): AskedKey | undefined {
  if (method !== 'POST') return plain(Object(params));
  if (typeof body !== 'string') return undefined;
  const reading = readWaitBody(body);
  return reading.mistakes ? undefined : { ...reading.value.build };
}

/** Texts, numbers, and lists of them as one text; what else a key has says how it is answered. */
function plain(key: Readonly<Record<string, unknown>>): AskedKey {
  const parts = Object.entries(key).map(([part, value]) => [
    part,
    Array.isArray(value) ? value.join() : value,
  ]);
  return Object.fromEntries(
    parts.filter(([, value]) => (typeof value === 'string' && value !== '') || typeof value === 'number'),
  );
}
