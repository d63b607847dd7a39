/** The page around the tab, as Microsoft's library sees it: Nested App Auth's bridge, answered by the test. */
import * as SDK from 'azure-devops-extension-sdk';

/** A request of the library. */
export interface BridgeRequest {
  readonly requestId: string;
  readonly method: string;
  readonly tokenParams?: {
    readonly scope: string;
    readonly authority: string;
    readonly claims?: string;
    readonly forceRefresh?: boolean;
  };
}

export const application = {
  clientId: '00000000-0000-4000-8000-000000000001',
  tenant: '00000000-0000-4000-8000-000000000002',
  audience: 'api://deployments',
};

interface Host {
  /** Requests for tokens, in order. */
  readonly requests: BridgeRequest[];
  /** How a request for a token is answered. */
  answer: (request: BridgeRequest) => object | Promise<object>;
}

/** A host with Nested App Auth that answers with `token-1`, `token-2`, … unless the test says otherwise. */
export function playHost(): Host {
  let count = 0;
  const host: Host = {
    requests: [],
    answer: () => {
      count += 1;
      return tokenAnswer(`token-${count}`);
    },
  };
  jest.mocked(SDK.enableNestedAppAuth).mockImplementation(async () => {
    const listeners = new Set<(response: string) => void>();
    const respond = async (request: BridgeRequest) => {
      const isSetup = request.method === 'GetInitContext';
      if (!isSetup) host.requests.push(request);
      const result = isSetup
        ? { initContext: { sdkName: 'test', sdkVersion: '1' } }
        : await host.answer(request);
      const envelope = { messageType: 'NestedAppAuthResponse', requestId: request.requestId };
      const response = JSON.stringify({ ...envelope, success: !('error' in result), ...result });
      for (const listener of listeners) listener(response);
    };
    Object.assign(window, {
      nestedAppAuthBridge: {
        addEventListener: (_type: string, listener: (response: string) => void) => listeners.add(listener),
        removeEventListener: () => undefined,
        postMessage: (json: string) => void respond(JSON.parse(json)),
      },
    });
  });
  return host;
}

/** A token for an hour, unless the test says otherwise. */
export function tokenAnswer(token: string, { tenant = application.tenant, expiresIn = 3_600 } = {}): object {
  const person = { oid: 'person', tid: tenant, preferred_username: 'demo@contoso.com' };
  const part = (value: object) => btoa(JSON.stringify(value)).replace(/=+$/, '');
  return {
    token: {
      access_token: token,
      expires_in: expiresIn,
      id_token: `${part({ alg: 'none' })}.${part(person)}.`,
      scope: `${application.audience}/Deployments.Read`,
    },
    account: {
      environment: 'login.microsoftonline.com',
      homeAccountId: `person.${tenant}`,
      localAccountId: 'person',
      tenantId: tenant,
      username: person.preferred_username,
    },
  };
}
