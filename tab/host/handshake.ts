/**
 * The handshake with Azure DevOps, and the page's context. If the host rejects it, `SDK.init()` never settles and there
 * is only an unhandled rejection, which is caught here during the handshake.
 */
import * as SDK from 'azure-devops-extension-sdk';
import { strings } from '../strings.ts';
import { HostError, reasonText } from './time-limit.ts';

export interface HostPage {
  /** Name of the organization, as in `https://dev.azure.com/{organization}`. */
  readonly organization: string;
  /** GUID of the project; empty on pages outside a project. */
  readonly projectId: string;
  /** The user's language (BCP 47), if the host reports one that the browser supports. */
  readonly locale?: string;
}

/** Connects to the host page. Rejects if the host refuses. Without a host, it never settles. */
export function connectToHost(): Promise<HostPage> {
  return new Promise((resolve, reject) => {
    const onRejection = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      window.removeEventListener('unhandledrejection', onRejection);
      reject(new HostError('refused', strings.host.refused(reasonText(event.reason))));
    };
    window.addEventListener('unhandledrejection', onRejection);
    SDK.init({ loaded: false, applyTheme: true }).then(() => {
      window.removeEventListener('unhandledrejection', onRejection);
      resolve(readPage());
    }, reject);
  });
}

/** Tells the host that the page has rendered, so that it removes its spinner. */
export function reportLoaded(): void {
  SDK.notifyLoadSucceeded().catch(() => undefined);
}

function readPage(): HostPage {
  const { webContext, globalization } = SDK.getPageContext();
  return {
    organization: SDK.getHost().name,
    projectId: webContext?.project?.id ?? '',
    locale: knownLocale(globalization?.culture),
  };
}

function knownLocale(culture: string | undefined): string | undefined {
  try {
    return culture ? Intl.DateTimeFormat.supportedLocalesOf(culture)[0] : undefined;
  } catch {
    return undefined;
  }
}
