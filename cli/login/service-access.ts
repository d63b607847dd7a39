/**
 * Which service a command asks, and with which token: the one place that decides where a token is sent. The address is
 * the option's, else the environment's, else the login's; the token is the environment's, else the login's.
 */
import { type ClientOptions, createClient, type DeploymentsClient } from '../../api/client.ts';
import { createIntrospectionClient, type IntrospectionClient } from '../../api/introspection/client.ts';
import { isSafeForTokens } from '../../net/loopback.ts';
import { readSetting } from '../../settings/reader.ts';
import type { Context } from '../context.ts';
import { usageError } from '../exit-codes.ts';
import { cliSettings } from '../settings.ts';
import { tokensOf } from './credential.ts';
import { addressOf, type Login, readLogin } from './kept-login.ts';

export interface ServiceOptions {
  readonly url?: string;
}

export interface ServiceAccess {
  readonly url: URL;
  /** Undefined: requests are sent without a token. */
  readonly source: 'environment' | 'login' | undefined;
  /** The login, if it is the source. */
  readonly login: Login | undefined;
  /** Rejects with TokenRefusedError if trying again will not help. */
  readonly token: (() => Promise<string>) | undefined;
}

/** The service of `npm start`. */
export const localService = 'http://127.0.0.1:7071';

/** What a person can do about 401 and 403. */
export const howToGetAccess = `Run 'deployments login', or set ${cliSettings.token.name} to a token that may read deployments.`;

/**
 * The address that the option, else the environment names; undefined if neither does.
 * @throws CommandError if it is not a URL
 */
export function namedService({ url }: ServiceOptions, { environment }: Context): URL | undefined {
  const named = url ?? readSetting(cliSettings.url, environment);
  return named === undefined ? undefined : serviceUrl(named);
}

/** Refuses an address that tokens must not go to. @param what the token, as the subject of a sentence @throws CommandError */
export function refuseUnsafe(url: URL, what: string, instead: string): void {
  if (isSafeForTokens(url)) return;
  throw usageError(
    `--url ${url.origin} is plain http on another machine, so ${what} is not sent there: give an https URL${instead}`,
  );
}

/**
 * The service, and the token for it. A token goes over https or to this machine; that of a login to the address of the
 * login alone. @throws CommandError
 */
export function accessOf(options: ServiceOptions, context: Context): ServiceAccess {
  const { environment } = context;
  const named = namedService(options, context);
  const given = readSetting(cliSettings.token, environment);
  if (given && named) return withToken(named, given);
  const login = readLogin(environment);
  const url = named ?? serviceUrl(login?.service ?? localService);
  if (given) return withToken(url, given);
  if (login === undefined || login.service !== addressOf(url)) {
    return { url, source: undefined, login: undefined, token: undefined };
  }
  refuseUnsafe(url, 'the token of the login', '');
  return { url, source: 'login', login, token: tokensOf(login) };
}

/** The client of the service's lookups. */
export function clientWith(access: ServiceAccess): DeploymentsClient {
  return createClient(clientOptions(access));
}

/** The client of the service's introspection. */
export function introspectionWith(access: ServiceAccess): IntrospectionClient {
  return createIntrospectionClient(clientOptions(access));
}

/** The token is sent to nobody to whom the service redirects. */
function clientOptions({ url, token }: ServiceAccess): ClientOptions {
  if (token === undefined) return { baseUrl: url.href };
  return {
    baseUrl: url.href,
    token,
    fetch: (input, init) => fetch(input, { ...init, redirect: 'manual' }),
  };
}

function withToken(url: URL, token: string): ServiceAccess {
  refuseUnsafe(url, `the token in $${cliSettings.token.name}`, ', or unset the token');
  return { url, source: 'environment', login: undefined, token: async () => token };
}

function serviceUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw usageError('--url must be a URL such as https://deployments.example.com');
}
