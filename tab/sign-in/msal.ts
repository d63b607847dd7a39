/**
 * Microsoft's library for signing in, opened in the page of Azure DevOps around this one (Nested App Auth), and what its
 * errors mean. In a chunk of its own, because it is as large as half the tab.
 */
import {
  AuthError,
  createNestablePublicClientApplication,
  InteractionRequiredAuthError,
  type IPublicClientApplication,
  PublicClientApplication,
} from '@azure/msal-browser';
import * as SDK from 'azure-devops-extension-sdk';
import { HostError, withTimeLimit } from '../host/time-limit.ts';
import { SignInError, type SignInProblem } from './sign-in-error.ts';
import { signInStrings } from './strings.ts';

export type { IPublicClientApplication };

/** Opens the library for an application. Tokens are kept in memory. @throws SignInError if the host cannot sign in */
export async function openLibrary(clientId: string, authority: string): Promise<IPublicClientApplication> {
  await withTimeLimit(signInStrings.call, SDK.enableNestedAppAuth()).catch((error: Error) => {
    const isSilent = error instanceof HostError && error.kind === 'noAnswer';
    throw new SignInError(isSilent ? 'failed' : 'unsupported', error.message);
  });
  let isNested = false;
  const library = await createNestablePublicClientApplication(
    { auth: { clientId, authority }, cache: { cacheLocation: 'memoryStorage' } },
    undefined,
    (configuration, controller) => {
      isNested = true;
      return new PublicClientApplication(configuration, controller);
    },
  ).catch((error: unknown) => {
    throw isNested ? signInErrorOf(error) : new SignInError('unsupported');
  });
  // Without the host, the library would sign in by itself, to a redirect that is not registered.
  if (!isNested) throw new SignInError('unsupported');
  return library;
}

/** Codes of the library, of OAuth, and of Entra ID. */
const problems: Readonly<Record<string, SignInProblem>> = {
  user_canceled: 'cancelled',
  user_cancelled: 'cancelled',
  popup_window_error: 'blocked',
  empty_window_error: 'blocked',
  no_network_connectivity: 'offline',
  nested_app_auth_bridge_disabled: 'unsupported',
  no_account_found: 'required',
  consent_required: 'consent',
  access_denied: 'refused',
  // Consent of the user or an administrator is missing.
  AADSTS65001: 'consent',
  // The user declined to consent, or may not.
  AADSTS65004: 'refused',
  AADSTS90094: 'refused',
  // The user is not assigned to the application, or Conditional Access keeps the user out.
  AADSTS50105: 'refused',
  AADSTS53000: 'refused',
  AADSTS53001: 'refused',
  AADSTS53003: 'refused',
  // The account is not in this tenant, or the application is not.
  AADSTS50020: 'wrongTenant',
  AADSTS90072: 'wrongTenant',
  AADSTS700016: 'wrongTenant',
};

/** An error of the library as pages show it. Its messages may quote anything, so only codes are taken from them. */
export function signInErrorOf(error: unknown): SignInError {
  if (error instanceof SignInError) return error;
  if (!(error instanceof AuthError)) return mayPass(error instanceof HostError ? error.message : '');
  const codes = codesIn(error);
  const detail = codes.join(', ');
  const known = codes.map((code) => problems[code]).find((problem) => problem !== undefined);
  if (known) return new SignInError(known, detail);
  if (!(error instanceof InteractionRequiredAuthError)) return mayPass(detail);
  return error.claims ? new SignInError('claims', detail, error.claims) : new SignInError('required', detail);
}

function mayPass(detail: string): SignInError {
  return new SignInError(navigator.onLine ? 'failed' : 'offline', detail);
}

function codesIn({ errorCode, subError, errorMessage }: AuthError): string[] {
  const [ofEntra] = /\bAADSTS\d{2,9}\b/.exec(errorMessage ?? '') ?? [];
  return [ofEntra, subError, errorCode].filter(
    (code): code is string => code !== undefined && /^[\w-]{1,60}$/.test(code),
  );
}
