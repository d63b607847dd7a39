/** Tokens of Entra ID through Microsoft's library, which is real here, and a host that answers as the test says. */
import * as SDK from 'azure-devops-extension-sdk';
import { EntraSignIn } from '../../../tab/sign-in/entra-sign-in.ts';
import { openSignIn } from '../../../tab/sign-in/open.ts';
import type { SignInProblem } from '../../../tab/sign-in/sign-in-error.ts';
import { application, playHost, tokenAnswer } from './bridge.ts';

jest.mock('azure-devops-extension-sdk');

const minute = 60_000;
const scope = 'api://deployments/Deployments.Read';
const secret = 'eyJhbGciOiJub25lIn0.c2VjcmV0.';

describe('a token', () => {
  it('is asked for once by requests at the same time, for the scope of the service in its tenant', async () => {
    const host = playHost();
    const signIn = new EntraSignIn(application);
    const tokens = await Promise.all([signIn.token(), signIn.token(), signIn.token()]);
    expect(tokens).toEqual(['token-1', 'token-1', 'token-1']);
    expect(host.requests.map(({ method }) => method)).toEqual(['GetToken']);
    expect(host.requests[0]?.tokenParams).toMatchObject({
      scope,
      authority: `https://login.microsoftonline.com/${application.tenant}`,
    });
    expect(
      [localStorage, sessionStorage].map((storage) => JSON.stringify({ ...storage })).join(),
    ).not.toContain('token-1');
  });

  it('is kept, and renewed five minutes before it expires', async () => {
    const host = playHost();
    let now = Date.now();
    const signIn = new EntraSignIn(application, () => now);
    host.answer = () => tokenAnswer('first');
    await signIn.token();
    host.answer = () => tokenAnswer('second');
    now += 54 * minute;
    expect(await signIn.token()).toBe('first');
    now += 2 * minute;
    // The library keeps tokens too, by the real clock.
    jest.useFakeTimers({ now, doNotFake: ['setTimeout', 'queueMicrotask', 'nextTick', 'setImmediate'] });
    try {
      expect(await signIn.token()).toBe('second');
    } finally {
      jest.useRealTimers();
    }
  });

  it('stays in use while it is valid and the host cannot renew it, and no longer', async () => {
    const host = playHost();
    let now = Date.now();
    const signIn = new EntraSignIn(application, () => now);
    host.answer = () => tokenAnswer('first', { expiresIn: 240 });
    await signIn.token();
    host.answer = () => ({ error: { status: 'NO_NETWORK' } });
    expect(await signIn.token()).toBe('first');
    now += 5 * minute;
    await expect(signIn.token()).rejects.toMatchObject({ kind: 'offline' });
  });

  it('that was refused is renewed once, whoever comes with it', async () => {
    const host = playHost();
    const signIn = new EntraSignIn(application);
    const refused = await signIn.token();
    const [one, two] = await Promise.all([signIn.renew(refused), signIn.renew(refused)]);
    expect([one, two, await signIn.renew(refused)]).toEqual(['token-2', 'token-2', 'token-2']);
    expect(host.requests.map(({ tokenParams }) => tokenParams?.forceRefresh)).toEqual([false, true]);
  });

  it('of another tenant is not given out', async () => {
    const host = playHost();
    host.answer = () => tokenAnswer(secret, { tenant: '99999999-0000-4000-8000-000000000002' });
    await expect(new EntraSignIn(application).token()).rejects.toMatchObject({
      kind: 'wrongTenant',
      message: '',
    });
  });

  it('says what the service wants it to say: with claims, or with all permissions', async () => {
    const host = playHost();
    const signIn = new EntraSignIn(application);
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
    await signIn.renew('refused', claims);
    await signIn.interact({ claims });
    await signIn.interact({ consent: true });
    expect(host.requests.map(({ method }) => method)).toEqual(['GetToken', 'GetTokenPopup', 'GetTokenPopup']);
    const [silent, popup, consent] = host.requests.map(({ tokenParams }) => tokenParams);
    for (const request of [silent, popup])
      expect(JSON.parse(request?.claims ?? '{}')).toMatchObject(JSON.parse(claims));
    expect(consent?.scope).toBe('api://deployments/.default');
    expect(await signIn.azureDevOpsToken()).toBeUndefined();
  });
});

describe('a failure', () => {
  const quoting = `The token ${secret} is wrong. AADSTS53003: blocked`;

  it.each<[object, SignInProblem, string]>([
    [
      { status: 'USER_INTERACTION_REQUIRED', code: 'interaction_required' },
      'required',
      'interaction_required',
    ],
    [{ status: 'ACCOUNT_UNAVAILABLE' }, 'required', 'no_account_found'],
    [{ status: 'USER_INTERACTION_REQUIRED', code: 'consent_required' }, 'consent', 'consent_required'],
    [
      { status: 'USER_INTERACTION_REQUIRED', code: 'invalid_grant', description: 'AADSTS65001: no consent' },
      'consent',
      'AADSTS65001, invalid_grant',
    ],
    [{ status: 'USER_CANCEL' }, 'cancelled', 'user_canceled'],
    [{ status: 'PERSISTENT_ERROR', code: 'popup_window_error' }, 'blocked', 'popup_window_error'],
    [{ status: 'NO_NETWORK' }, 'offline', 'no_network_connectivity'],
    [{ status: 'DISABLED' }, 'unsupported', 'nested_app_auth_bridge_disabled'],
    [
      { status: 'PERSISTENT_ERROR', code: 'access_denied', description: quoting },
      'refused',
      'AADSTS53003, access_denied',
    ],
    [
      { status: 'PERSISTENT_ERROR', code: 'invalid_request', description: 'AADSTS50020: not in tenant' },
      'wrongTenant',
      'AADSTS50020, invalid_request',
    ],
    [{ status: 'TRANSIENT_ERROR', code: 'temporarily_unavailable' }, 'failed', 'temporarily_unavailable'],
    [{ status: 'TRANSIENT_ERROR', code: secret, description: secret }, 'failed', ''],
  ])('of the host says what it is, by its code alone: %j', async (error, kind, message) => {
    const host = playHost();
    host.answer = () => ({ error });
    await expect(new EntraSignIn(application).token()).rejects.toMatchObject({ kind, message });
    await expect(new EntraSignIn(application).interact({})).rejects.toMatchObject({ kind, message });
  });

  it('of a host without Nested App Auth is final for it, and tried again by a page that is', async () => {
    jest.mocked(SDK.enableNestedAppAuth).mockRejectedValue({ message: 'not available' });
    const signIn = new EntraSignIn(application);
    await expect(signIn.token()).rejects.toMatchObject({
      kind: 'unsupported',
      message: 'Sign-in: not available',
    });
    playHost();
    expect(await signIn.token()).toBe('token-1');
  });

  it('of a bridge that cannot be opened does not make the library sign in by itself', async () => {
    jest.spyOn(console, 'log').mockReturnValue();
    jest.mocked(SDK.enableNestedAppAuth).mockImplementation(async () => {
      Reflect.deleteProperty(window, 'nestedAppAuthBridge');
    });
    await expect(new EntraSignIn(application).token()).rejects.toMatchObject({ kind: 'unsupported' });
  });
});

describe('the tokens of the extension', () => {
  const service = { url: 'https://a.example', trust: 'packed', entra: application } as const;

  beforeEach(() => {
    jest.mocked(SDK.getAppToken).mockReset().mockResolvedValue('app-token');
    jest.mocked(SDK.getAccessToken).mockReset().mockResolvedValue('own-token');
  });

  it('take the place of those of Entra ID where the host has none, if the package allows it', async () => {
    jest.mocked(SDK.enableNestedAppAuth).mockRejectedValue({ message: 'not available' });
    const signIn = openSignIn({ ...service, extensionTokens: true });
    expect([await signIn.token(), await signIn.azureDevOpsToken()]).toEqual(['app-token', 'own-token']);
    expect(await signIn.renew('app-token')).toBeUndefined();
    await expect(openSignIn(service).token()).rejects.toMatchObject({ kind: 'unsupported' });
  });

  it('are not used where the host can sign in', async () => {
    playHost();
    const signIn = openSignIn({ ...service, extensionTokens: true });
    expect([await signIn.token(), await signIn.azureDevOpsToken()]).toEqual(['token-1', undefined]);
    expect(await signIn.renew('token-1')).toBe('token-2');
    await signIn.interact({});
    expect(SDK.getAppToken).not.toHaveBeenCalled();
  });

  it('are not used for another failure than that', async () => {
    playHost().answer = () => ({ error: { status: 'NO_NETWORK' } });
    const signIn = openSignIn({ ...service, extensionTokens: true });
    await expect(signIn.token()).rejects.toMatchObject({ kind: 'offline' });
    expect(SDK.getAppToken).not.toHaveBeenCalled();
  });

  it('never go to an address that anybody could have written', async () => {
    const suggested = { url: 'https://a.example', trust: 'suggested', extensionTokens: true } as const;
    const signIn = openSignIn(suggested);
    await expect(signIn.token()).rejects.toMatchObject({ kind: 'unsupported' });
    expect([await signIn.azureDevOpsToken(), await signIn.renew('x')]).toEqual([undefined, undefined]);
    await signIn.interact({});
    expect(SDK.getAppToken).not.toHaveBeenCalled();
    expect(SDK.getAccessToken).not.toHaveBeenCalled();
  });

  it('are asked for once by requests at the same time', async () => {
    const signIn = openSignIn({ url: 'https://a.example', trust: 'packed', extensionTokens: true });
    await Promise.all([signIn.token(), signIn.token(), signIn.azureDevOpsToken(), signIn.azureDevOpsToken()]);
    expect(SDK.getAppToken).toHaveBeenCalledTimes(1);
    expect(SDK.getAccessToken).toHaveBeenCalledTimes(1);
    await signIn.interact({});
    await signIn.token();
    expect(SDK.getAppToken).toHaveBeenCalledTimes(2);
  });
});
