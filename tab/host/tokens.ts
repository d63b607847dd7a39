/** The token that identifies this extension and the user to the backend. */
import * as SDK from 'azure-devops-extension-sdk';
import { strings } from '../strings.ts';
import { withTimeLimit } from './time-limit.ts';

/** Gets a new app token of the extension. It proves the user and the tenant, but no permission to see a build. */
export function appToken(): Promise<string> {
  return withTimeLimit(strings.host.appToken, SDK.getAppToken());
}
