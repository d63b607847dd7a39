/** What the tab makes of the SDK's answers. The real handshake is tested in the browser. */
import * as SDK from 'azure-devops-extension-sdk';
import type { CurrentBuild } from '../../../tab/host/current-build.ts';
import { readPullRequest } from '../../../tab/host/current-pull-request.ts';
import { type CurrentWorkItem, watchWorkItem } from '../../../tab/host/current-work-item.ts';
import { connectToHost } from '../../../tab/host/handshake.ts';
import { azureDevOps } from '../../../tab/host/host.ts';
import { parseServiceUrl } from '../../../tab/host/service-url.ts';
import { parseSettings, readSettings, writeSettings } from '../../../tab/host/settings.ts';
import { HostError, reasonText, withTimeLimit } from '../../../tab/host/time-limit.ts';

jest.mock('azure-devops-extension-sdk');
const sdk = jest.mocked(SDK);

/** A host with these services, in this state. */
function host(services: Record<string, object>, configuration: Record<string, unknown> = {}): void {
  sdk.getService.mockImplementation(async (id) => services[id] as never);
  sdk.getConfiguration.mockReturnValue(configuration);
  sdk.getAccessToken.mockResolvedValue('access-token');
  sdk.getExtensionContext.mockReturnValue({ id: 'publisher.extension' } as SDK.IExtensionContext);
}

describe('connecting', () => {
  const page = (culture?: string, project?: object) => {
    sdk.getHost.mockReturnValue({ name: 'contoso' } as SDK.IHostContext);
    sdk.getPageContext.mockReturnValue({
      webContext: { project },
      globalization: { culture },
    } as unknown as SDK.IPageContext);
  };

  it('tells organization, project and language', async () => {
    sdk.init.mockResolvedValue();
    page('de-DE', { id: 'project-1' });
    expect(await connectToHost()).toEqual({
      organization: 'contoso',
      projectId: 'project-1',
      locale: 'de-DE',
    });
  });

  it.each([undefined, '', 'not a language'])(
    'does without a language that the browser does not know: %j',
    async (culture) => {
      sdk.init.mockResolvedValue();
      page(culture);
      expect(await connectToHost()).toEqual({ organization: 'contoso', projectId: '', locale: undefined });
    },
  );

  it('fails with the reason of the host, which the SDK leaves unhandled', async () => {
    sdk.init.mockReturnValue(new Promise(() => undefined));
    const connecting = connectToHost();
    window.dispatchEvent(
      Object.assign(new Event('unhandledrejection'), { reason: { message: 'not allowed here' } }),
    );
    await expect(connecting).rejects.toThrow('The reason that it gave: not allowed here');
  });
});

describe('the current build', () => {
  const serviceId = 'ms.vss-build-web.build-page-data-service';
  const watched = async (data: unknown, configuration: Record<string, unknown> = {}) => {
    const seen: (CurrentBuild | undefined)[] = [];
    host({ [serviceId]: { getBuildPageData: async () => data } }, configuration);
    await azureDevOps.watchBuild((build) => seen.push(build));
    return seen;
  };

  it('is the one of the page', async () => {
    expect(await watched({ build: { id: 7, buildNumber: '1.0' } })).toEqual([{ id: 7, number: '1.0' }]);
  });

  it.each([undefined, {}, { build: null }, { build: { id: 'x' } }, { build: { id: 0 } }])(
    'is none when the page has none: %j',
    async (data) => {
      expect(await watched(data)).toEqual([undefined]);
    },
  );

  it('changes when another build is opened, and is announced once however often it is named', async () => {
    let change: (build: unknown) => void = () => undefined;
    const onBuildChanged = (listener: (build: unknown) => void) => {
      change = listener;
      listener({ id: 7 });
    };
    const seen = await watched({ build: { id: 7 } }, { onBuildChanged });
    change({ id: 7 });
    change({ id: 8 });
    change(undefined);
    expect(seen.map((build) => build?.id)).toEqual([7, 8]);
  });
});

describe('the current pull request', () => {
  it('is the one that the host configures the page for', async () => {
    host({}, { pullRequestId: 31, repositoryId: 'repository-1' });
    expect(await readPullRequest()).toEqual({ id: 31, repositoryId: 'repository-1' });
  });

  it('may be named without its repository', async () => {
    host({}, { pullRequestId: '31', repositoryId: {} });
    expect(await readPullRequest()).toEqual({ id: 31, repositoryId: '' });
  });

  it.each([undefined, null, 0, -1, 1.5, 'x', {}])('is none for the id %j', async (pullRequestId) => {
    host({}, { pullRequestId });
    expect(await readPullRequest()).toBeUndefined();
  });
});

describe('the current work item', () => {
  type Form = Record<'onLoaded' | 'onSaved' | 'onUnloaded', (event?: unknown) => void>;
  const watched = async (getId: () => unknown) => {
    const seen: CurrentWorkItem[] = [];
    sdk.getContributionId.mockReturnValue('publisher.extension.work-item');
    host({ 'ms.vss-work-web.work-item-form': { getId: async () => getId() } });
    await watchWorkItem((item) => seen.push(item));
    const [name, form] = sdk.register.mock.lastCall ?? [];
    expect(name).toBe('publisher.extension.work-item');
    return { seen, form: form as Form };
  };

  it.each([
    [42, { kind: 'saved', id: 42 }],
    ['42', { kind: 'saved', id: 42 }],
    [0, { kind: 'new' }],
    [-1, { kind: 'new' }],
    [undefined, { kind: 'new' }],
    [{}, { kind: 'new' }],
  ])('is what the form says: %j', async (id, item) => {
    expect((await watched(() => id)).seen).toEqual([item]);
  });

  it('changes when the form shows another one, saves a new one, or shows none', async () => {
    const { seen, form } = await watched(() => 42);
    form.onUnloaded({ id: 42 });
    form.onLoaded({ id: 0, isNew: true });
    form.onSaved({ id: 43 });
    form.onLoaded(null);
    expect(seen.slice(1)).toEqual([
      { kind: 'none' },
      { kind: 'new' },
      { kind: 'saved', id: 43 },
      { kind: 'new' },
    ]);
  });

  it('is the one that the form has shown meanwhile, not the one that it named before', async () => {
    const { seen } = await watched(() => {
      const [, form] = sdk.register.mock.lastCall ?? [];
      (form as Form).onLoaded({ id: 43 });
      return 42;
    });
    expect(seen).toEqual([{ kind: 'saved', id: 43 }]);
  });
});

describe('the settings', () => {
  const store = () => {
    const values = new Map<string, unknown>();
    const manager = {
      getValue: async (key: string) => values.get(key),
      setValue: async (key: string, value: unknown) => void values.set(key, value),
    };
    const getExtensionDataManager = jest.fn(async () => manager);
    host({ 'ms.vss-features.extension-data-service': { getExtensionDataManager } });
    return getExtensionDataManager;
  };

  it('are unknown until somebody has entered them, and then the same for everybody', async () => {
    const getManager = store();
    expect(await readSettings()).toBeUndefined();
    await writeSettings({ serviceUrl: 'https://a.example', clientId: 'id' });
    expect(await readSettings()).toEqual({ serviceUrl: 'https://a.example', clientId: 'id' });
    expect(getManager).toHaveBeenCalledWith('publisher.extension', 'access-token');
  });

  it.each([null, 'text', {}, { serviceUrl: 5 }, { serviceUrl: 'http://plain.example' }])(
    'are unusable: %j',
    (stored) => {
      expect(parseSettings(stored)).toBeUndefined();
    },
  );

  it.each([
    ['https://a.example/', 'https://a.example'],
    [' https://a.example/api// ', 'https://a.example/api'],
    ['http://localhost:7071', 'http://localhost:7071'],
    ['http://127.0.0.1:7071/', 'http://127.0.0.1:7071'],
    ['http://a.example', undefined],
    ['https://user:word@a.example', undefined],
    ['https://a.example/?x=1', undefined],
    ['ftp://a.example', undefined],
    ['a.example', undefined],
  ])('take the address %j as %j', (entered, address) => {
    expect(parseServiceUrl(entered)).toBe(address);
  });
});

describe('the service', () => {
  const settings = { serviceUrl: 'https://suggested.example', clientId: '' };
  const getValue = jest.fn(async () => settings);
  const packFor = (url: string) => {
    document.head.innerHTML = `<meta name="deployments-service" content="${url}">`;
  };
  beforeEach(() => {
    getValue.mockClear();
    host({
      'ms.vss-features.extension-data-service': { getExtensionDataManager: async () => ({ getValue }) },
    });
  });
  afterEach(() => {
    document.head.innerHTML = '';
  });

  it('is the one in the package, whatever the settings say, and nobody reads them', async () => {
    packFor('https://packed.example/api/');
    expect(await azureDevOps.readService()).toEqual({
      url: 'https://packed.example/api',
      trust: 'packed',
      entra: undefined,
      extensionTokens: false,
    });
    expect(getValue).not.toHaveBeenCalled();
  });

  it.each(['', 'http://plain.example', 'not a URL'])(
    'is only a suggestion of the settings if the package has none: %j',
    async (packed) => {
      packFor(packed);
      expect(await azureDevOps.readService()).toEqual({
        url: 'https://suggested.example',
        trust: 'suggested',
      });
    },
  );

  it('comes with the application in the package, and never from the settings', async () => {
    document.head.innerHTML = [
      ['client', 'AAAAAAAA-0000-4000-8000-000000000001'],
      ['tenant', 'bbbbbbbb-0000-4000-8000-000000000002'],
      ['extension-tokens', 'yes'],
    ]
      .map(([name, value]) => `<meta name="deployments-${name}" content="${value}">`)
      .join('');
    const application = {
      clientId: 'aaaaaaaa-0000-4000-8000-000000000001',
      tenant: 'bbbbbbbb-0000-4000-8000-000000000002',
      audience: 'api://aaaaaaaa-0000-4000-8000-000000000001',
    };
    expect(await azureDevOps.readService()).toEqual({
      url: 'https://suggested.example',
      trust: 'suggested',
      entra: application,
    });
    getValue.mockResolvedValueOnce({ ...settings, clientId: 'cccccccc-0000-4000-8000-000000000003' });
    document.head.innerHTML = '';
    expect(await azureDevOps.readService()).toEqual({ url: 'https://suggested.example', trust: 'suggested' });
  });

  it('is none if neither has one', async () => {
    getValue.mockResolvedValueOnce({ serviceUrl: '', clientId: '' });
    expect(await azureDevOps.readService()).toBeUndefined();
  });
});

it('reads and writes the address of the host page', async () => {
  const setQueryParams = jest.fn(async () => undefined);
  host({
    'ms.vss-features.host-navigation-service': {
      getQueryParams: async () => ({ buildId: '7' }),
      setQueryParams,
    },
  });
  expect(await azureDevOps.readAddress()).toEqual({ buildId: '7' });
  await azureDevOps.writeAddress({ deploymentText: 'x' });
  expect(setQueryParams).toHaveBeenCalledWith({ deploymentText: 'x' });
});

it('hands out the app token, and tells the host that the page is there', async () => {
  sdk.getAppToken.mockResolvedValue('token');
  const signIn = await azureDevOps.signInTo({
    url: 'https://a.example',
    trust: 'packed',
    extensionTokens: true,
  });
  sdk.notifyLoadSucceeded.mockRejectedValue(new Error('nobody listens'));
  expect(await signIn.token()).toBe('token');
  expect(() => azureDevOps.reportLoaded()).not.toThrow();
});

describe('a call to the host', () => {
  it('fails when there is no answer in time', async () => {
    const call = withTimeLimit('settings', new Promise(() => undefined), 10);
    await expect(call).rejects.toThrow(HostError);
    await expect(call).rejects.toThrow('settings: no response within 0 s');
  });

  it.each<[unknown, string]>([
    ['plain text', 'plain text'],
    [{ message: 'from the host' }, 'from the host'],
    [Object.create(null), 'no reason given'],
    [undefined, 'no reason given'],
  ])('fails with what the host says, whatever that is', async (reason, text) => {
    expect(reasonText(reason)).toBe(text);
    await expect(withTimeLimit('call', Promise.reject(reason))).rejects.toThrow(`call: ${text}`);
  });
});
