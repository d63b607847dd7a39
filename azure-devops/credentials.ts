/**
 * The credentials for Azure DevOps: an Entra token, a personal access token or a managed identity. They come only
 * from environment variables, so that no secret is on a command line or in a log.
 */ import type { TokenCredential } from '@azure/identity';
import { text } from '../settings/forms.ts';
import { type EnvironmentVariables, readSetting } from '../settings/reader.ts';
import { optionalSetting } from '../settings/setting.ts';

/** Returns the value of the Authorization header; called before every request, so that it can renew the token. */
export type Authorization = () => Promise<string>;

/** There are no usable credentials; the message names the variables to set. */
export class MissingCredentialsError extends Error {
  override readonly name = 'MissingCredentialsError';
}

/** Azure DevOps as an Entra resource, the same in every tenant. */
export const azureDevOpsResource = '499b84ac-1321-427f-aa17-267ca6975798';

/** The variables that hold credentials, in the order in which they are tried. */
export const credentialSettings = {
  token: optionalSetting('AZURE_DEVOPS_TOKEN', text, {
    unset: 'none',
    description: "a bearer token for Azure DevOps: Entra's, or a pipeline's `System.AccessToken`",
  }),
  personalAccessToken: optionalSetting('AZURE_DEVOPS_EXT_PAT', text, {
    unset: 'the managed identity of an Azure host',
    description:
      'a personal access token, used if there is no bearer token; the `az devops` extension reads it too',
  }),
} as const;

/**
 * Reads the credentials from the environment: `AZURE_DEVOPS_TOKEN` (a bearer token, such as one from Entra or the
 * `System.AccessToken` of a pipeline), else `AZURE_DEVOPS_EXT_PAT`, else the managed identity of an Azure host.
 *
 * @throws MissingCredentialsError
 */
export function authorizationFromEnvironment(environment: EnvironmentVariables): Authorization {
  const token = readSetting(credentialSettings.token, environment);
  if (token) return async () => `Bearer ${token}`;
  const personal = readSetting(credentialSettings.personalAccessToken, environment);
  if (personal) return async () => `Basic ${Buffer.from(`:${personal}`).toString('base64')}`;
  if (environment.IDENTITY_ENDPOINT && environment.IDENTITY_HEADER) return managedIdentity();
  throw new MissingCredentialsError(
    `No credentials for Azure DevOps. Set ${credentialSettings.token.name} to an Entra token ` +
      `(az account get-access-token --resource ${azureDevOpsResource} --query accessToken -o tsv) ` +
      `or ${credentialSettings.personalAccessToken.name} to a personal access token.`,
  );
}

/** The token of an Azure host's managed identity, which the library keeps until shortly before it expires. */
function managedIdentity(): Authorization {
  let credential: Promise<TokenCredential> | undefined;
  return async () => {
    credential ??= loadCredential();
    try {
      const token = await (await credential).getToken(`${azureDevOpsResource}/.default`);
      if (token) return `Bearer ${token.token}`;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new MissingCredentialsError(`Could not get a token for the managed identity: ${reason}`);
    }
    throw new MissingCredentialsError('Could not get a token for the managed identity.');
  };
}

/** Loading the library takes half a second, which only those who need it pay. */
async function loadCredential(): Promise<TokenCredential> {
  const { ManagedIdentityCredential } = await import('@azure/identity');
  return new ManagedIdentityCredential();
}
