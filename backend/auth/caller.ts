/**
 * Who sent a request, as far as it was proven. Limits, shares and audit records go by `id`; rights by the whole
 * caller. Every request has one, before anything is answered: see `authenticate.ts`.
 */

/** The sender of a request. */
export type Caller = AnyoneHere | Anonymous;

/** With `AUTH=none`: whoever reaches a server that listens on loopback only. May see everything. */
export interface AnyoneHere {
  readonly kind: 'anyone';
  /** Stable for one caller and different for two; letters, digits and `.:/-_` only. */
  readonly id: 'loopback';
}

/** Nothing is proven: a probe, a reader of the documentation, or a request that is refused. May see no data. */
export interface Anonymous {
  readonly kind: 'anonymous';
  readonly id: 'anonymous';
}

export const anyoneHere: AnyoneHere = { kind: 'anyone', id: 'loopback' };
export const anonymous: Anonymous = { kind: 'anonymous', id: 'anonymous' };

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any other hook runs. */
    caller: Caller;
  }
}
