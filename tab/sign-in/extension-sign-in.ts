/**
 * The tokens that Azure DevOps gives to the extension: its own, which proves the user and the tenant, but no permission to
 * see a build, and the user's for that question. Azure DevOps keeps both, and gives new ones in time.
 */
import * as SDK from 'azure-devops-extension-sdk';
import type { SignIn } from '../host/sign-in.ts';
import { withTimeLimit } from '../host/time-limit.ts';
import { strings } from '../strings.ts';

/** The sign-in. Its tokens are never from Entra ID, so no window can change them. */
export function extensionSignIn(): SignIn {
  return {
    token: shared(() => withTimeLimit(strings.host.appToken, SDK.getAppToken())),
    azureDevOpsToken: shared(() => withTimeLimit(strings.host.accessToken, SDK.getAccessToken())),
    renew: async () => undefined,
    interact: async () => undefined,
  };
}

/** Calls under way at the same time share one answer. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | undefined;
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}
