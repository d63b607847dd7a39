/**
 * The credentials for Azure DevOps: an Entra token, a personal access token or a managed identity. They come only
 * from environment variables, so that no secret is on a command line or in a log.
 */
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { text } from '../settings/forms.ts';
import { type Environment, readSetting } from '../settings/reader.ts';
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
export function authorizationFromEnvironment(
  environment: Environment,
  fetchToken: typeof fetch = fetch,
): Authorization {
  const token = readSetting(credentialSettings.token, environment);
  if (token) return async () => `Bearer ${token}`;
  const personal = readSetting(credentialSettings.personalAccessToken, environment);
  if (personal) return async () => `Basic ${Buffer.from(`:${personal}`).toString('base64')}`;
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header } = environment;
  if (endpoint && header) return managedIdentity(endpoint, header, fetchToken);
  throw new MissingCredentialsError(
    `No credentials for Azure DevOps. Set ${credentialSettings.token.name} to an Entra token ` +
      `(az account get-access-token --resource ${azureDevOpsResource} --query accessToken -o tsv) ` +
      `or ${credentialSettings.personalAccessToken.name} to a personal access token.`,
  );
}

const IdentityTokenSchema = Type.Object({
  access_token: Type.String(),
  /** Seconds since 1970. */
  expires_on: Type.Union([Type.String(), Type.Number()]),
});
const renewBeforeExpiryMs = 5 * 60_000;

/** Gets the token of a managed identity on App Service or Functions, and keeps it until shortly before it expires. */
function managedIdentity(endpoint: string, header: string, fetchToken: typeof fetch): Authorization {
  let held: { readonly value: string; readonly expiresAt: number } | undefined;
  return async () => {
    if (held === undefined || held.expiresAt - renewBeforeExpiryMs < Date.now()) {
      const url = new URL(endpoint);
      url.searchParams.set('resource', azureDevOpsResource);
      url.searchParams.set('api-version', '2019-08-01');
      const response = await fetchToken(url, { headers: { 'X-IDENTITY-HEADER': header } });
      if (!response.ok) {
        throw new MissingCredentialsError(
          `Could not get a token for the managed identity: status ${response.status}.`,
        );
      }
      const body: unknown = await response.json();
      if (!Check(IdentityTokenSchema, body)) {
        throw new MissingCredentialsError(
          'Could not get a token for the managed identity: the response has no access_token or expires_on.',
        );
      }
      held = {
        value: `Bearer ${body.access_token}`,
        expiresAt: Number(body.expires_on) * 1000,
      };
    }
    return held.value;
  };
}
