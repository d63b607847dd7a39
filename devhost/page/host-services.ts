/**
 * Azure DevOps as an extension sees it: the handshake, tokens and services under their real names, over the channel of
 * the SDK.
 */
import { channelManager } from '../../node_modules/azure-devops-extension-sdk/esm/XDM.js';
import type { EntraApplication } from '../server.ts';
import { nestedAppAuth } from './nested-app-auth.ts';
import { queryParameters, setQueryParameters } from './page-address.ts';
import type { ThemeData } from './themes.ts';

export interface HostedProject {
  readonly organization: string;
  readonly project: string;
}

export interface HostedBuild extends HostedProject {
  readonly id: number;
  readonly buildNumber: string;
}

export interface HostedPullRequest {
  readonly pullRequestId: number;
  readonly repositoryId: string;
}

export interface HostedPage {
  readonly frame: HTMLIFrameElement;
  readonly extensionOrigin: string;
  readonly contributionId: string;
  readonly apiUrl: string;
  /** Who signs people in; undefined: the host has no Nested App Auth. */
  readonly entra?: EntraApplication | undefined;
  readonly project: HostedProject;
  /** On the page of a build. */
  readonly build?: HostedBuild;
  /** On the page of a pull request. */
  readonly pullRequest?: HostedPullRequest;
  /** In the form of a work item: its number, or 0 for a new one. */
  readonly workItem?: number;
  readonly theme: ThemeData;
  /** How to misbehave: `reject`, `slow`, `silent`, `no-build`, `no-settings`, or as in nested-app-auth.ts. */
  readonly fault: string;
  readonly onLoaded: () => void;
}

export interface Hosting {
  /** Opens another build in the same page. */
  changeBuild(build: HostedBuild): void;
  /** Shows another work item in the same form. */
  changeWorkItem(id: number): void;
  /** Saves the new work item of the form, which gets this number. */
  saveWorkItem(id: number): void;
  changeTheme(theme: ThemeData): void;
  end(): void;
}

const settingsKey = 'devhost.extension-data';
const slowAnswer = 12_000;

/** Serves the extension in the frame until it is stopped. */
export function host(page: HostedPage): Hosting {
  let { build, workItem } = page;
  const buildListeners: ((build: unknown) => void)[] = [];
  const target = page.frame.contentWindow;
  if (!target) throw new Error('the frame is not in the page');
  const channel = channelManager.addChannel(target, page.extensionOrigin);
  const registry = channel.getObjectRegistry();

  registry.register('DevOps.HostControl', {
    async initialHandshake() {
      if (page.fault === 'reject') {
        page.onLoaded();
        throw new Error('The contribution is not allowed on this page.');
      }
      if (page.fault === 'silent') await new Promise(() => undefined);
      if (page.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, slowAnswer));
      const initialConfig = {
        ...page.pullRequest,
        ...(page.build && {
          onBuildChanged: (listener: (build: unknown) => void) => void buildListeners.push(listener),
        }),
      };
      return { ...handshake(page), initialConfig };
    },
    getAppToken: () => ({ token: 'demonstration-app-token' }),
    getAccessToken: () => ({ token: 'demonstration-access-token' }),
    notifyLoadSucceeded: page.onLoaded,
    notifyLoadFailed: page.onLoaded,
    resize: () => undefined,
  });
  if (page.entra && page.fault !== 'no-nested-app-auth')
    registry.register('DevOps.NestedAppAuth', nestedAppAuth(page.entra, page.fault));
  registry.register('DevOps.ServiceManager', {
    getService: (id: string) =>
      services(page, { build: () => build, workItem: () => workItem })[id] ??
      Promise.reject(new Error(`no service ${id}`)),
  });

  /** Calls what the extension has registered under the name of its contribution, if it has. */
  function tellForm(event: string, data: object): void {
    channel.invokeRemoteMethod(event, page.contributionId, [data]).catch(() => undefined);
  }

  return {
    changeBuild(next) {
      build = next;
      for (const listener of buildListeners) listener(buildReference(next));
    },
    changeWorkItem(id) {
      tellForm('onUnloaded', { id: workItem });
      workItem = id;
      tellForm('onLoaded', { id, isNew: id === 0, isReadOnly: false });
    },
    saveWorkItem(id) {
      workItem = id;
      tellForm('onSaved', { id });
    },
    changeTheme(data) {
      const parameters = ['themeChanged', { detail: { data } }];
      void channel.invokeRemoteMethod('dispatchEvent', 'DevOps.SdkClient', parameters);
    },
    end: () => channelManager.removeChannel(channel),
  };
}

function handshake(page: HostedPage) {
  const { organization, project } = page.project;
  return {
    contributionId: page.contributionId,
    context: {
      extension: {
        id: 'deployments.deployments-for-azure-pipelines',
        publisherId: 'deployments',
        extensionId: 'deployments-for-azure-pipelines',
        version: '0.0.0',
      },
      user: {
        descriptor: 'aad.demo',
        id: 'demo',
        name: 'demo@contoso.com',
        displayName: 'Demo',
        imageUrl: '',
      },
      host: { id: 'demo', name: organization, serviceVersion: '1', type: 4, isHosted: true },
      pageContext: {
        webContext: { project: { id: project, name: 'One' }, team: null },
        globalization: { culture: navigator.language },
        timeZonesConfiguration: {},
      },
    },
    themeData: page.theme,
  };
}

/** What the page shows now. */
interface Shown {
  build(): HostedBuild | undefined;
  workItem(): number | undefined;
}

function services(page: HostedPage, { build, workItem }: Shown): Readonly<Record<string, object>> {
  const { organization, project } = page.project;
  return {
    'ms.vss-build-web.build-page-data-service': {
      getBuildPageData() {
        const shown = page.fault === 'no-build' ? undefined : build();
        return shown && { build: buildReference(shown) };
      },
    },
    'ms.vss-work-web.work-item-form': {
      getId: () => workItem() ?? 0,
      isNew: () => !workItem(),
    },
    'ms.vss-tfs-web.tfs-page-data-service': {
      getProject: () => ({ id: project, name: 'One' }),
    },
    'ms.vss-features.location-service': {
      getServiceLocation: () => `${location.origin}/${encodeURIComponent(organization)}/`,
      getResourceAreaLocation: () => `${location.origin}/${encodeURIComponent(organization)}/`,
    },
    'ms.vss-features.host-navigation-service': {
      getQueryParams: queryParameters,
      setQueryParams: setQueryParameters,
    },
    'ms.vss-features.extension-data-service': {
      getExtensionDataManager: () => ({
        getValue: (key: string) => storedValues(page)[key],
        setValue(key: string, value: unknown) {
          sessionStorage.setItem(settingsKey, JSON.stringify({ ...storedValues(page), [key]: value }));
          return value;
        },
      }),
    },
  };
}

/** The data that the extension has stored in this browser tab; initially, settings with the local API. */
function storedValues(page: HostedPage): Record<string, unknown> {
  const stored = sessionStorage.getItem(settingsKey);
  if (stored) return JSON.parse(stored);
  return page.fault === 'no-settings' ? {} : { settings: { serviceUrl: page.apiUrl, clientId: '' } };
}

function buildReference({ id, buildNumber }: HostedBuild) {
  return { id, buildNumber, deleted: false, status: 2, result: 2 };
}
