/** What the tab does and says when its user has to prove who they are. */
import '@testing-library/jest-dom';
import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { SignIn } from '../../../tab/host/sign-in.ts';
import { SignInError, type SignInProblem } from '../../../tab/sign-in/sign-in-error.ts';
import { signInStrings } from '../../../tab/sign-in/strings.ts';
import { playBrowser } from '../browser.ts';
import { aDeployment, found } from '../builders.ts';
import { type Answer, heading, openTab, signedIn } from '../open-tab.tsx';
import { application } from './bridge.ts';

beforeEach(playBrowser);

const rows = /^1 deployment succeeded/;
const fine = (): Answer => ({ status: 200, body: found([aDeployment()]).body });
const claims = '{"access_token":{}}';
const challenge: Answer = {
  status: 401,
  body: { code: '401', message: 'Unauthorized' },
  headers: { 'www-authenticate': `Bearer error="insufficient_claims", claims="${btoa(claims)}"` },
};

function openWith(signIn: Partial<SignIn>, service: Answer = fine()) {
  const entra = { url: 'https://deployments.example', trust: 'packed', entra: application } as const;
  return openTab({ readService: async () => entra, signInTo: async () => signedIn(signIn) }, service);
}

/** A sign-in without a token until the user has signed in. */
function outsider(problem: SignInError): Partial<SignIn> & { readonly interact: jest.Mock } {
  let inside = false;
  return {
    token: async () => {
      if (!inside) throw problem;
      return 'token-2';
    },
    interact: jest.fn(async () => {
      inside = true;
    }),
  };
}

describe('a page for each reason why there is no token', () => {
  it.each(Object.entries(signInStrings.pages) as [SignInProblem, (typeof signInStrings.pages)['failed']][])(
    '%s: says why, and what to do',
    async (kind, { title, text, action }) => {
      const { requests } = openWith({
        token: async () => {
          throw new SignInError(kind, 'code-1');
        },
      });
      await heading(title);
      expect(screen.getByText(text)).toBeVisible();
      const plain = ['required', 'claims', 'cancelled', 'blocked', 'offline'].includes(kind);
      expect(screen.queryAllByText('code-1')).toHaveLength(plain ? 0 : 1);
      expect(screen.getByRole('button', { name: action })).toBeVisible();
      expect(requests).toHaveLength(0);
    },
  );

  it('has words of its own for each', () => {
    const titles = Object.values(signInStrings.pages).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe('signing in', () => {
  it('opens a window from a click, and then shows the deployments with the token', async () => {
    const signIn = outsider(new SignInError('required'));
    const { requests } = openWith(signIn);
    await heading('Sign in to see the deployments');
    expect(signIn.interact).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    await heading(rows);
    expect(signIn.interact).toHaveBeenCalledWith({});
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer token-2']);
  });

  it('says that a window is open, and asks for the same again after it was closed', async () => {
    const signIn = outsider(new SignInError('claims', '', claims));
    let close: (reason: Error) => void = () => undefined;
    signIn.interact.mockImplementationOnce(() => new Promise((_resolve, reject) => (close = reject)));
    openWith(signIn);
    await heading('The service needs more proof that it is you');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in again' }));
    expect(screen.getByRole('status')).toHaveTextContent(/^Continue in the window/);
    await act(async () => close(new SignInError('cancelled')));
    expect(await heading('You are not signed in yet')).toHaveFocus();
    expect(screen.getByRole('status')).toBeEmptyDOMElement();
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    await heading(rows);
    expect(signIn.interact.mock.calls).toEqual([[{ claims }], [{ claims }]]);
  });

  it('shows an unexpected failure as one', async () => {
    const signIn = outsider(new SignInError('required'));
    signIn.interact.mockRejectedValueOnce(new Error('not for the page'));
    openWith(signIn);
    await heading('Sign in to see the deployments');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    await heading('Could not sign you in');
    expect(document.body).not.toHaveTextContent('not for the page');
  });

  it('is tried again when the network is back', async () => {
    let offline = true;
    openWith({
      token: async () => {
        if (offline) throw new SignInError('offline');
        return 'token-1';
      },
    });
    await heading('You are offline');
    offline = false;
    act(() => void window.dispatchEvent(new Event('online')));
    await heading(rows);
  });
});

describe('what the service says', () => {
  it('about more proof goes to the sign-in, and the request is sent again with the new token', async () => {
    const service = { ...challenge };
    const renew = jest.fn(async () => {
      Object.assign(service, fine(), { headers: {} });
      return 'token-2';
    });
    const { requests } = openWith({ renew }, service);
    await heading(rows);
    expect(renew).toHaveBeenCalledWith('token-1', claims);
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it.each([
    ['the user is needed', new SignInError('required')],
    ['a new token says no more', undefined],
  ])('about more proof leads to the user where %s', async (_why, error) => {
    const interact = jest.fn(async () => undefined);
    const renew = async () => {
      if (error) throw error;
      return 'token-2';
    };
    openWith({ renew, interact }, { ...challenge });
    await heading('The service needs more proof that it is you');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in again' }));
    expect(interact).toHaveBeenCalledWith({ claims });
  });

  it.each(['', 'Bearer claims="bm90IEpTT04="', 'Bearer claims="MQ=="', 'Bearer claims="%%%"'])(
    'is a refusal of the token without claims that can be read: %j',
    async (header) => {
      const renew = jest.fn(async () => 'token-2');
      openWith({ renew }, { ...challenge, headers: { 'www-authenticate': header } });
      await heading('The service does not accept your sign-in');
      expect(renew).toHaveBeenCalledWith('token-1', undefined);
    },
  );

  it.each([
    ['consent', 'The service needs your permission'],
    ['tenant', 'This account belongs to another organization'],
    ['organization', 'This organization is not connected to Microsoft Entra ID'],
    ['constructor', 'You do not have access to these deployments'],
  ])('about %s has a page of its own, with its reason', async (target, title) => {
    const body = { code: '403', message: 'No.', details: [{ target, message: 'The reason.' }] };
    openWith({}, { status: 403, body });
    await heading(title);
    if (target !== 'constructor') expect(screen.getByText('The reason.')).toBeVisible();
  });

  it('about the right of the user is not about signing in', async () => {
    openWith({}, { status: 403, body: 'not even an error' });
    await heading('You do not have access to these deployments');
  });
});

it('keeps the deployments while a token cannot be renewed for a reason that passes', async () => {
  let problem: SignInError | undefined;
  openWith({
    token: async () => {
      if (problem) throw problem;
      return 'token-1';
    },
  });
  await heading(rows);
  problem = new SignInError('offline');
  await userEvent.click(screen.getByRole('button', { name: 'Refresh' }));
  await waitFor(() =>
    expect(screen.getByText(/^Could not refresh\. These deployments are from/)).toBeVisible(),
  );
  problem = new SignInError('required');
  await userEvent.click(screen.getByRole('button', { name: 'Refresh' }));
  await heading('Sign in to see the deployments');
});

describe("the user's own token for Azure DevOps", () => {
  it('goes beside the token of the extension', async () => {
    const { requests } = openWith({ azureDevOpsToken: async () => 'own-token' });
    await heading(rows);
    expect(requests[0]?.headers.get('x-azure-devops-token')).toBe('own-token');
    expect(requests[0]?.init).toMatchObject({ credentials: 'omit', redirect: 'error' });
    expect(requests[0]?.url.href).not.toContain('token');
  });

  it('is missing without a request', async () => {
    const { requests } = openWith({
      azureDevOpsToken: async () => {
        throw new Error('no answer');
      },
    });
    await heading('Your session has ended');
    expect(requests).toHaveLength(0);
  });
});
