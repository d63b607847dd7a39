/**
 * Who sent a request, as far as it was proven. Limits, shares and audit records go by `id`; rights by the whole
 * caller. Every request has one, before anything is answered: see `authenticate.ts`.
 */

/** The sender of a request. `id` is stable for one caller, and different for two. */
export type Caller = AnyoneHere | Anonymous | ServiceCaller | User | PageUser;

/** With `AUTH=none`: whoever reaches a server that listens on loopback only. May see everything. */
export interface AnyoneHere {
  readonly kind: 'anyone';
  readonly id: 'loopback';
}

/** Nothing is proven: a probe, a reader of the documentation, or a request that is refused. May see no data. */
export interface Anonymous {
  readonly kind: 'anonymous';
  readonly id: 'anonymous';
}

/** A program: an application of Entra ID, or a client of the clients file that has a static token. */
export interface ServiceCaller {
  readonly kind: 'service';
  /** `tenant/client id`, or `client/name` with a static token. */
  readonly id: string;
  /** Under this name the clients file grants projects: the client id of an application, or the client's name. */
  readonly client: string;
  /** Application roles in the token. */
  readonly roles: readonly string[];
}

/** A person with an Entra token that was made for this API. */
export interface User {
  readonly kind: 'user';
  /** `tenant/object id`. */
  readonly id: string;
  readonly tenant: string;
  /** Delegated permissions in the token. */
  readonly scopes: readonly string[];
  /** The token, to be exchanged for one that Azure DevOps accepts. A function, so that no log or record writes it. */
  assertion(): string;
}

/** A person whose page could send the token of its extension only, with the person's own token for Azure DevOps. */
export interface PageUser {
  readonly kind: 'page';
  /** `tenant/id of the user in Azure DevOps`. */
  readonly id: string;
  readonly tenant: string;
  /** The person's token for Azure DevOps, where the page sent it; used for the question of rights alone. */
  azureDevOpsToken(): string | undefined;
}

export const anyoneHere: AnyoneHere = { kind: 'anyone', id: 'loopback' };
export const anonymous: Anonymous = { kind: 'anonymous', id: 'anonymous' };

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any other hook runs: anonymous until a token is verified. */
    caller: Caller;
  }
}
