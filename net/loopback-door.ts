/**
 * What a server on loopback refuses although it comes from this machine. A page of any site can reach such a server
 * through its reader's browser: with a form, a script, or a name of its own that resolves to 127.0.0.1 (DNS rebinding).
 * A browser names the host that the page asked for, and the page's origin; so both are checked.
 */
import { isLoopback } from './loopback.ts';

/** The headers of a request that say where it comes from. */
export interface RequestSource {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

const none: ReadonlySet<string> = new Set();

/**
 * Why a request must not be answered; undefined where it may.
 *
 * @param port where the server listens; undefined where another process does that for it, which checks the port
 * @param allowedOrigins origins besides the server's own whose pages may call it
 */
export function refusalAtLoopback(
  { host, origin }: RequestSource,
  port: number | undefined,
  allowedOrigins: ReadonlySet<string> = none,
): string | undefined {
  if (!isOwnHost(host, port)) {
    const own = port === undefined ? '' : ` with port ${port}`;
    return `This server answers only to localhost, 127.0.0.1 and [::1]${own}; the request's Host is another.`;
  }
  if (origin === undefined || allowedOrigins.has(origin) || isOwnOrigin(origin, port)) return undefined;
  return 'Pages of this origin may not call this server.';
}

function isOwnHost(host: string | undefined, port: number | undefined): boolean {
  const [, name = '', given = '80'] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(host ?? '') ?? [];
  return isLoopback(name) && (port === undefined || Number(given) === port);
}

function isOwnOrigin(origin: string, port: number | undefined): boolean {
  return origin.startsWith('http://') && isOwnHost(origin.slice('http://'.length), port);
}
