/**
 * How long a client of our HTTP servers may take to send a request, in milliseconds. Without limits, a few clients
 * that send nothing occupy a server for good.
 */
export const serverLimits = {
  /** From the connection, or the end of the request before, to the end of the headers. */
  headersTimeout: 15_000,
  /** The whole request, its body included; not the answer. */
  requestTimeout: 30_000,
  /** How often the two are checked. */
  connectionsCheckingInterval: 5_000,
} as const;
