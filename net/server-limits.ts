/**
 * How much a client of our HTTP servers may send, and how long it may take: in bytes and milliseconds. Without limits
 * of time, a few clients that send nothing occupy a server for good.
 */
export const serverLimits = {
  /** From the connection, or the end of the request before, to the end of the headers. */
  headersTimeout: 15_000,
  /** The whole request, its body included; not the answer. */
  requestTimeout: 30_000,
  /** How often the two are checked. */
  connectionsCheckingInterval: 5_000,
  /** Address and headers together, where Node gives up; the limits of each, in request-size.ts, add up to less. */
  maxHeaderSize: 40 * 1_024,
} as const;
