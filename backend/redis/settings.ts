/** The settings of the Redis that instances share, and what may not be combined. */
import { isLoopback } from '../../net/loopback.ts';
import { choice, type Form, text } from '../../settings/forms.ts';
import type { SettingsReader } from '../../settings/reader.ts';
import { optionalSetting, setting } from '../../settings/setting.ts';

const redisUrl: Form<string> = {
  rightForm: 'a URL such as rediss://name.region.redis.azure.net:10000',
  parse(given) {
    if (!URL.canParse(given)) return undefined;
    const { protocol, hostname, pathname } = new URL(given);
    const isRedis = /^rediss?:$/.test(protocol) && hostname !== '' && /^\/?\d{0,3}$/.test(pathname);
    return isRedis ? given : undefined;
  },
};

export const redisSettings = {
  url: optionalSetting('REDIS_URL', redisUrl, {
    unset: 'each process has a cache of its own',
    description:
      'the Redis that instances share, `rediss://host:port`; a user and password may stand in it. Only a Redis on this machine may be `redis://`',
  }),
  auth: setting('REDIS_AUTH', choice(['url', 'managedIdentity', 'azureCli']), {
    default: 'url',
    description:
      'how to sign in to it: with what `REDIS_URL` says, or with Microsoft Entra as `managedIdentity` or `azureCli`',
  }),
  clientId: optionalSetting('REDIS_CLIENT_ID', text, {
    unset: "the system's identity",
    description: 'client id of a user-assigned identity for Redis',
  }),
} as const;

/** Where Redis is and how to sign in. */
export interface RedisConfig {
  /** Holds the password, if there is one: never log it. */
  readonly url: string;
  readonly auth: RedisAuth;
}

export type RedisAuth =
  | { readonly mode: 'url' }
  | { readonly mode: 'azureCli' }
  /** Without a client id: the identity that the system assigned. */
  | { readonly mode: 'managedIdentity'; readonly clientId?: string };

/** Reads the settings; undefined without `REDIS_URL`. Mistakes stay with the reader. */
export function readRedisConfig(reader: SettingsReader): RedisConfig | undefined {
  const url = reader.read(redisSettings.url);
  const mode = reader.read(redisSettings.auth);
  const clientId = reader.read(redisSettings.clientId);
  if (url === undefined) return undefined;
  const { protocol, hostname, password } = new URL(url);
  if (protocol !== 'rediss:' && (!isLoopback(hostname) || mode !== 'url'))
    reader.refuse(
      redisSettings.url,
      'must begin with rediss://, unless it is on this machine and REDIS_AUTH is url',
    );
  if (mode !== 'url' && password !== '')
    reader.refuse(redisSettings.url, `must not have a password where REDIS_AUTH is ${mode}`);
  if (mode !== 'managedIdentity') return { url, auth: { mode } };
  return { url, auth: clientId === undefined ? { mode } : { mode, clientId } };
}
