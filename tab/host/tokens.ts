/** The token with which this extension names itself and the user to its own backend. */
import * as SDK from 'azure-devops-extension-sdk';
import { strings } from '../strings.ts';
import { answerOf } from './time-limit.ts';

/** A fresh app token of the extension: it proves a user and a tenant, not the right to see a build. */
export function appToken(): Promise<string> {
  return answerOf(strings.host.appToken, SDK.getAppToken());
}
