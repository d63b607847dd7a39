/** The settings of rights: how users' rights are asked for. */
import type { ProjectKey } from '../../api/keys.ts';
import { isSafeForTokens } from '../../net/loopback.ts';
import { choice, type Form, integer, origin, text } from '../../settings/forms.ts';
import type { SettingsReader } from '../../settings/reader.ts';
import { optionalSetting, setting } from '../../settings/setting.ts';
import { guid } from '../auth/config.ts';
import type { ClientCredential } from './client-credential.ts';

export interface RightsConfig {
  /** Undefined: users with Entra tokens are refused. */
  readonly credential: ClientCredential | undefined;
  /** Where organizations are. */
  readonly azureDevOps: string;
  /** How long what was allowed stays allowed while Azure DevOps does not answer. */
  readonly outageMs: number;
  /** Whoever reads it may see what belongs to no project. */
  readonly unmappedProject: ProjectKey | undefined;
}

const project: Form<ProjectKey> = {
  rightForm: 'organization/project id, such as contoso/4ab5b8a3-8e0b-4c5e-9a41-8c8d3a3e7d10',
  parse(given) {
    const [organization = '', id = '', ...more] = given.split('/');
    const projectId = guid.parse(id);
    if (!/^[\w.-]{1,64}$/.test(organization) || projectId === undefined || more.length > 0) return undefined;
    return { organization, project: projectId };
  },
};

export const rightsSettings = {
  credential: setting('ENTRA_CREDENTIAL', choice(['none', 'managedIdentity', 'file', 'secret']), {
    default: 'none',
    description:
      'how this API proves itself when it asks Azure DevOps on behalf of users: `managedIdentity` and `file` (a token of another issuer, in `AZURE_FEDERATED_TOKEN_FILE`) need a federated credential at the application, `secret` needs `ENTRA_CLIENT_SECRET`. With `none`, users are refused',
  }),
  identity: optionalSetting('ENTRA_IDENTITY_CLIENT_ID', guid, {
    unset: "the system's identity",
    description: 'client id of the user-assigned identity, with `ENTRA_CREDENTIAL` `managedIdentity`',
  }),
  tokenFile: optionalSetting('AZURE_FEDERATED_TOKEN_FILE', text, {
    unset: 'none',
    description: 'the token, with `ENTRA_CREDENTIAL` `file`; it is read before every use',
  }),
  secret: optionalSetting('ENTRA_CLIENT_SECRET', text, {
    unset: 'none',
    description: "the application's secret, with `ENTRA_CREDENTIAL` `secret`",
  }),
  azureDevOps: setting('AZURE_DEVOPS_URL', origin('https://dev.azure.com'), {
    default: 'https://dev.azure.com',
    description: 'where the organizations are that users are asked for',
  }),
  outageSeconds: setting('RIGHTS_OUTAGE_SECONDS', integer(0, 86_400), {
    default: 1_800,
    description: 'how long what a user was allowed to see stays allowed while Azure DevOps does not answer',
  }),
  unmappedProject: optionalSetting('UNMAPPED_PROJECT', project, {
    unset: 'none: programs only',
    description: 'users who may read this project may see deployments and payloads without builds',
  }),
} as const;

/** Reads the settings; mistakes stay with the reader. */
export function readRightsConfig(reader: SettingsReader): RightsConfig {
  const azureDevOps = reader.read(rightsSettings.azureDevOps);
  if (!isSafeForTokens(new URL(azureDevOps)))
    reader.refuse(rightsSettings.azureDevOps, 'must begin with https://, except on this machine');
  return {
    credential: credentialIn(reader),
    azureDevOps,
    outageMs: reader.read(rightsSettings.outageSeconds) * 1_000,
    unmappedProject: reader.read(rightsSettings.unmappedProject),
  };
}

function credentialIn(reader: SettingsReader): ClientCredential | undefined {
  const kind = reader.read(rightsSettings.credential);
  const clientId = reader.read(rightsSettings.identity);
  const path = reader.read(rightsSettings.tokenFile);
  const secret = reader.read(rightsSettings.secret);
  switch (kind) {
    case 'none':
      return undefined;
    case 'managedIdentity':
      return { kind, clientId };
    case 'file':
      if (path !== undefined) return { kind, path };
      reader.refuse(rightsSettings.tokenFile, 'is missing: ENTRA_CREDENTIAL is file');
      return undefined;
    case 'secret':
      if (secret !== undefined) return { kind, secret };
      reader.refuse(rightsSettings.secret, 'is missing: ENTRA_CREDENTIAL is secret');
      return undefined;
  }
}
