/**
 * Nested App Auth as Azure DevOps offers it to extensions: requests and answers of Microsoft's library as JSON. Signing in
 * opens a window with two buttons, which browsers block unless it comes from a click.
 */
import type { EntraApplication } from '../server.ts';

interface TokenRequest {
  readonly requestId: string;
  readonly method: string;
  readonly tokenParams?: { readonly scope: string; readonly claims?: string };
}

interface BridgeError {
  readonly status: string;
  readonly code?: string;
  readonly description?: string;
}

/** How signing in fails without a window, by `fault` of the address. With `sign-in-required`, a window helps. */
const silentFailures: Readonly<Record<string, BridgeError>> = {
  'sign-in-required': { status: 'USER_INTERACTION_REQUIRED', code: 'interaction_required' },
  'sign-in-refused': {
    status: 'PERSISTENT_ERROR',
    code: 'access_denied',
    description: 'AADSTS53003: Access has been blocked by Conditional Access policies.',
  },
  'sign-in-offline': { status: 'NO_NETWORK' },
  'sign-in-failed': { status: 'TRANSIENT_ERROR', code: 'temporarily_unavailable' },
};

/** The object that an extension finds as `DevOps.NestedAppAuth`. */
export function nestedAppAuth(entra: EntraApplication, fault: string) {
  let signedIn = false;
  const answer = async ({ method, tokenParams }: TokenRequest): Promise<object> => {
    switch (method) {
      case 'Ping':
        return {};
      case 'GetInitContext':
        return { initContext: { sdkName: 'devhost', sdkVersion: '1.0.0' } };
      case 'GetToken': {
        const failure = silentFailures[fault];
        if (failure && !signedIn) throw failure;
        return tokens(entra, fault, tokenParams);
      }
      case 'GetTokenPopup':
        await askPerson();
        signedIn = true;
        return tokens(entra, fault, tokenParams);
      default:
        throw { status: 'PERSISTENT_ERROR', code: 'unsupported_method' };
    }
  };
  return {
    async processRequest(json: string): Promise<string> {
      const request: TokenRequest = JSON.parse(json);
      const envelope = { messageType: 'NestedAppAuthResponse', requestId: request.requestId };
      return answer(request).then(
        (result) => JSON.stringify({ ...envelope, success: true, ...result }),
        (error: unknown) => JSON.stringify({ ...envelope, success: false, error }),
      );
    },
  };
}

async function tokens(
  { clientId, tenant }: EntraApplication,
  fault: string,
  { scope = '', claims }: Partial<NonNullable<TokenRequest['tokenParams']>> = {},
): Promise<object> {
  const query = new URLSearchParams({ scope, ...(claims !== undefined && { claims }) });
  const response = await fetch(`/sign-in?${query}`, { method: 'POST' });
  if (!response.ok) throw { status: 'TRANSIENT_ERROR', code: 'service_unavailable' };
  const { token }: { token: string } = await response.json();
  const tid = fault === 'other-tenant' ? '99999999-9999-4999-8999-999999999999' : tenant;
  const person = { oid: '00000000-0000-4000-8000-00000000d0c7', tid, preferred_username: 'demo@contoso.com' };
  return {
    token: {
      access_token: token,
      expires_in: 3_600,
      id_token: unsigned({ ...person, aud: clientId, iss: `https://login.microsoftonline.com/${tid}/v2.0` }),
      scope,
    },
    account: {
      environment: 'login.microsoftonline.com',
      homeAccountId: `${person.oid}.${tid}`,
      localAccountId: person.oid,
      tenantId: tid,
      username: person.preferred_username,
    },
  };
}

/** A token that nobody checks: the library reads it to know the person. */
function unsigned(claims: object): string {
  const part = (value: object) =>
    btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

/** Opens the window. Rejects if the browser blocks it, or the person does not sign in. */
function askPerson(): Promise<void> {
  const opened = window.open('', 'sign-in', 'popup,width=440,height=320');
  return new Promise((resolve, reject) => {
    if (!opened) return reject({ status: 'PERSISTENT_ERROR', code: 'popup_window_error' });
    const cancelled = { status: 'USER_CANCEL' };
    const closed = setInterval(() => opened.closed && end(() => reject(cancelled)), 200);
    const end = (settle: () => void) => {
      clearInterval(closed);
      opened.close();
      settle();
    };
    const { document: page } = opened;
    page.title = 'Sign in';
    const heading = page.createElement('h1');
    heading.textContent = 'Sign in to Deployments';
    const note = page.createElement('p');
    note.textContent = 'This window stands for that of Microsoft Entra ID.';
    const button = (text: string, settle: () => void) => {
      const made = page.createElement('button');
      made.textContent = text;
      made.onclick = () => end(settle);
      return made;
    };
    const buttons = [button('Continue as Demo', resolve), ' ', button('Cancel', () => reject(cancelled))];
    page.body.style.font = '15px system-ui';
    page.body.replaceChildren(heading, note, ...buttons);
  });
}
