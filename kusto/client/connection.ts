/** Where a Kusto database is and how to sign in to it. */

/** Ways to sign in. `none` is for the embedded engine, which listens on loopback only. */
export const kustoAuthModes = ['none', 'azureCli', 'managedIdentity'] as const;

export type KustoAuth =
  /** With the token of an embedded engine that wants one. */
  | { readonly mode: 'none'; readonly token?: string }
  | { readonly mode: 'azureCli' }
  /** Without a client id: the identity that the system assigned. */
  | { readonly mode: 'managedIdentity'; readonly clientId?: string };

export interface KustoConnection {
  /** Origin of the cluster's URL, such as `https://name.region.kusto.windows.net`. */
  readonly cluster: string;
  readonly database: string;
  readonly auth: KustoAuth;
  /** How many interactive queries may run at once, 32 by default; background work gets a quarter in addition, four at least. */
  readonly maxRequests?: number;
  /** How much of that one caller may take, from 0 to 1; everything by default. */
  readonly callerShare?: number;
}
