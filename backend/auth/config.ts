/** The settings of authentication: who is accepted with `AUTH=entra`. */
import { isGuid } from '../../net/guid.ts';
import { isSafeForTokens } from '../../net/loopback.ts';
import { choice, type Form, list, origin, text } from '../../settings/forms.ts';
import type { SettingsReader } from '../../settings/reader.ts';
import { optionalSetting, setting } from '../../settings/setting.ts';
import { ClientsFileError, readClientsFile } from './clients-file.ts';

export type AuthConfig = { readonly mode: 'none' } | ({ readonly mode: 'entra' } & EntraConfig);

export interface EntraConfig {
  /** Ids of the tenants whose callers are accepted, in lower case. */
  readonly tenants: readonly string[];
  /** This API's application. */
  readonly clientId: string;
  readonly audiences: readonly string[];
  /** Where Entra issues tokens. */
  readonly authority: string;
  readonly clientsFile: string | undefined;
  /** Undefined: tokens of the extension are not accepted. */
  readonly extension: { readonly audience: string; readonly keys: readonly string[] } | undefined;
}

export const guid: Form<string> = {
  rightForm: 'a GUID',
  parse: (given) => (isGuid(given) ? given.toLowerCase() : undefined),
};
const shortestKey = 32;
const key: Form<string> = {
  rightForm: `at least ${shortestKey} characters long`,
  parse: (given) => (given.length < shortestKey ? undefined : given),
};

export const authSettings = {
  mode: setting('AUTH', choice(['none', 'entra']), {
    default: 'none',
    description:
      'how callers prove who they are: `entra` wants a token in every request; `none` asks nothing, listens on loopback only, and starts a Functions app on a development machine only',
  }),
  tenants: optionalSetting('ENTRA_TENANTS', list('tenant ids (GUIDs)', isGuid), {
    unset: 'none; needed with `AUTH` `entra`',
    description: 'tenants whose users and applications are accepted',
  }),
  clientId: optionalSetting('ENTRA_CLIENT_ID', guid, {
    unset: 'none; needed with `AUTH` `entra`',
    description: "client id of this API's application; tokens for it, or for `api://` and it, are accepted",
  }),
  audiences: optionalSetting(
    'ENTRA_AUDIENCES',
    list('audiences', (entry) => entry !== ''),
    {
      unset: 'none',
      description: 'further audiences of accepted tokens, such as another application id URI',
    },
  ),
  authority: setting('ENTRA_AUTHORITY', origin('https://login.microsoftonline.com'), {
    default: 'https://login.microsoftonline.com',
    description: 'where Entra ID issues tokens and publishes its keys',
  }),
  clientsFile: optionalSetting('CLIENTS_FILE', text, {
    unset: 'none: no client is granted anything',
    description: 'the file that grants organizations and projects to clients, read again when it changes',
  }),
  extensionId: optionalSetting('EXTENSION_ID', guid, {
    unset: "none: the extension's tokens are not accepted",
    description:
      'id of the published extension whose own tokens are accepted from pages; with `EXTENSION_KEY`',
  }),
  extensionKey: optionalSetting('EXTENSION_KEY', key, {
    unset: 'none',
    description: "the extension's certificate, as the Marketplace shows it",
  }),
  previousExtensionKey: optionalSetting('EXTENSION_KEY_PREVIOUS', key, {
    unset: 'none',
    description: 'accepted too, while the certificate is being replaced',
  }),
} as const;

/** Reads the settings; mistakes stay with the reader. */
export function readAuthConfig(reader: SettingsReader): AuthConfig {
  const { tenants = [], clientId = '', audiences = [], ...others } = valuesIn(reader);
  if (reader.read(authSettings.mode) === 'none') return { mode: 'none' };
  for (const needed of [authSettings.tenants, authSettings.clientId])
    if (!reader.isSet(needed)) reader.refuse(needed, 'is missing: AUTH is entra');
  return {
    mode: 'entra',
    tenants: tenants.map((tenant) => tenant.toLowerCase()),
    clientId,
    audiences: [clientId, `api://${clientId}`, ...audiences],
    ...others,
  };
}

function valuesIn(reader: SettingsReader) {
  const authority = reader.read(authSettings.authority);
  if (!isSafeForTokens(new URL(authority)))
    reader.refuse(authSettings.authority, 'must begin with https://, except on this machine');
  return {
    tenants: reader.read(authSettings.tenants),
    clientId: reader.read(authSettings.clientId),
    audiences: reader.read(authSettings.audiences),
    authority,
    clientsFile: checkedClientsFile(reader),
    extension: extensionIn(reader),
  };
}

function checkedClientsFile(reader: SettingsReader): string | undefined {
  const path = reader.read(authSettings.clientsFile);
  try {
    if (path !== undefined) readClientsFile(path);
  } catch (error) {
    if (!(error instanceof ClientsFileError)) throw error;
    for (const mistake of error.mistakes)
      reader.refuse(authSettings.clientsFile, `names a wrong file: ${mistake}`);
  }
  return path;
}

function extensionIn(reader: SettingsReader): EntraConfig['extension'] {
  const audience = reader.read(authSettings.extensionId);
  const current = reader.read(authSettings.extensionKey);
  const previous = reader.read(authSettings.previousExtensionKey);
  if (reader.isSet(authSettings.extensionId) !== reader.isSet(authSettings.extensionKey))
    reader.refuse(authSettings.extensionId, 'must be set together with EXTENSION_KEY');
  if (audience === undefined || current === undefined) return undefined;
  return { audience, keys: [current, ...(previous === undefined ? [] : [previous])] };
}
