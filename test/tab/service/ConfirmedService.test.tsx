/** A service that anybody could have named: what is sent to it, and when. */
import '@testing-library/jest-dom';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as SDK from 'azure-devops-extension-sdk';
import type { Host } from '../../../tab/host/host.ts';
import { signInTo } from '../../../tab/host/sign-in.ts';
import { playBrowser } from '../browser.ts';
import { heading, openTab, signedIn } from '../open-tab.tsx';
import { application } from '../sign-in/bridge.ts';

jest.mock('azure-devops-extension-sdk');
jest.mocked(SDK.getAppToken).mockResolvedValue('token-1');

const suggest = (url: string): Partial<Host> => ({
  readService: async () => ({ url, trust: 'suggested' }),
  signInTo,
});
const press = async (name: string) => userEvent.click(screen.getByRole('button', { name }));
const question = 'Is this your Deployments service?';

beforeEach(playBrowser);
beforeEach(() => localStorage.clear());

describe('a service from the settings', () => {
  it('gets no request before the user has confirmed its origin, which is spelled out', async () => {
    const { requests } = openTab(suggest('https://d\u0435ployments.example/api'));
    await heading(question);
    // With a Cyrillic letter, the origin is not what it seems to be.
    expect(screen.getByText('https://xn--dployments-ksi.example')).toBeVisible();
    expect(requests).toHaveLength(0);
  });

  it('gets requests once it is confirmed, and never a token', async () => {
    const host = suggest('https://a.example/api');
    const { requests } = openTab(host);
    await heading(question);
    await press('Use this service');
    await heading(/^1 deployment succeeded/);
    await press('Refresh');
    await waitFor(() => expect(requests.length).toBeGreaterThan(1));
    expect(requests.map(({ url }) => url.origin + url.pathname)[0]).toMatch(
      /^https:\/\/a\.example\/api\/b2d\//,
    );
    for (const { headers, init } of requests) {
      expect(headers.has('authorization')).toBe(false);
      expect(init).toMatchObject({ credentials: 'omit', redirect: 'error' });
    }
    expect(JSON.stringify(requests)).not.toContain('token-1');
    expect(SDK.getAppToken).not.toHaveBeenCalled();
    expect(SDK.getAccessToken).not.toHaveBeenCalled();
  });

  it('gets a token for the packed application alone, and is confirmed again before it gets one', async () => {
    const token = jest.fn(async () => 'entra-token');
    const signInWith = (url: string) =>
      openTab({
        readService: async () => ({ url, trust: 'suggested', entra: application }),
        signInTo: async () => signedIn({ token }),
      });
    const before = openTab(suggest('https://a.example'));
    await heading(question);
    await press('Use this service');
    await heading(/^1 deployment succeeded/);
    before.page.unmount();

    const { requests } = signInWith('https://a.example');
    await heading(question);
    expect(
      screen.getByText(/and a token of Microsoft Entra ID that is good for the Deployments service only/),
    ).toBeVisible();
    expect([requests.length, token.mock.calls.length]).toEqual([0, 0]);
    await press('Use this service');
    await heading(/^1 deployment succeeded/);
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer entra-token');
    expect(requests[0]?.headers.has('x-azure-devops-token')).toBe(false);
  });

  it('is confirmed once for its origin, and another origin is asked for again', async () => {
    const first = openTab(suggest('https://a.example/api'));
    await heading(question);
    await press('Use this service');
    await heading(/^1 deployment succeeded/);
    first.page.unmount();

    const samePlace = openTab(suggest('https://a.example/other'));
    await heading(/^1 deployment succeeded/);
    samePlace.page.unmount();

    for (const changed of ['https://a.example:8443', 'https://evil.example', 'http://localhost:7071']) {
      const { requests, page } = openTab(suggest(changed));
      await heading(question);
      expect(screen.getByText(changed)).toBeVisible();
      expect(requests).toHaveLength(0);
      page.unmount();
    }
  });

  it('gets nothing once it is refused, then and later, until the user wants to be asked again', async () => {
    const first = openTab(suggest('https://a.example'));
    await heading(question);
    await press('Do not use it');
    expect(await heading('The Deployments service is not used')).toHaveFocus();
    first.page.unmount();

    const { requests } = openTab(suggest('https://a.example'));
    await heading('The Deployments service is not used');
    expect(requests).toHaveLength(0);
    await press('Ask me again');
    expect(await heading(question)).toHaveFocus();
    expect(requests).toHaveLength(0);
  });

  it('is asked for on every page where the browser gives the frame no storage', async () => {
    const denied = () => {
      throw new DOMException('Access is denied', 'SecurityError');
    };
    const storage = jest.spyOn(window, 'localStorage', 'get').mockImplementation(denied);
    try {
      openTab(suggest('https://a.example'));
      await heading(question);
      await press('Use this service');
      await heading(/^1 deployment succeeded/);
    } finally {
      storage.mockRestore();
    }
  });

  it('that wants a token is told apart from a session that has ended', async () => {
    openTab(suggest('https://a.example'), { status: 401, body: { code: '401', message: 'No.' } });
    await heading(question);
    await press('Use this service');
    await heading('This service requires a token');
  });
});

describe('the service in the package', () => {
  it('is never asked for, and gets the token, but not through a redirect', async () => {
    const { requests } = openTab();
    await heading(/^1 deployment succeeded/);
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer token-1');
    expect(requests[0]?.init.redirect).toBe('error');
    expect(localStorage).toHaveLength(0);
  });
});
