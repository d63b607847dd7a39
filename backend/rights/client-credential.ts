/** How this application proves itself to Entra ID when it exchanges the token of a user. */
import { readFile } from 'node:fs/promises';

/** A secret, a token of another issuer in a file (workload identity), or a managed identity of the host. */
export type ClientCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'managedIdentity'; readonly clientId: string | undefined };

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** What a managed identity asks a token for, to be used as an assertion of an application that trusts it. */
const exchangeScope = 'api://AzureADTokenExchange/.default';

/** Parameters of a token request. Assertions live for minutes, so they are made anew for each. */
export async function credentialParameters(
  credential: ClientCredential,
): Promise<Readonly<Record<string, string>>> {
  if (credential.kind === 'secret') return { client_secret: credential.secret };
  const assertion =
    credential.kind === 'file'
      ? (await readFile(credential.path, 'utf8')).trim()
      : await managedIdentityToken(credential.clientId);
  return { client_assertion_type: assertionType, client_assertion: assertion };
}

/** Loading the library takes half a second, which only those who need it pay. It keeps tokens by itself. */
async function managedIdentityToken(clientId: string | undefined): Promise<string> {
  const { ManagedIdentityCredential } = await import('@azure/identity');
  const identity = new ManagedIdentityCredential(clientId === undefined ? {} : { clientId });
  return (await identity.getToken(exchangeScope)).token;
}
