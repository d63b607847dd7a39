/**
 * The handshake with Azure DevOps, and what it tells about the page. `SDK.init()` never settles when the
 * host rejects it: the rejection surfaces only as an unhandled one, which is caught here for as long as the
 * handshake lasts.
 */
import * as SDK from 'azure-devops-extension-sdk';
import { strings } from '../strings.ts';
import { HostError, reasonText } from './time-limit.ts';

export interface HostPage {
  /** Name of the organization, as in `https://dev.azure.com/{organization}`. */
  readonly organization: string;
  /** GUID of the project; empty on pages outside any project. */
  readonly projectId: string;
  /** The user's language where the host says it, as a BCP 47 tag that the browser knows. */
  readonly locale?: string;
}

/** Connects to the host page. Rejects when the host refuses; without a host it never settles. */
export function connectToHost(): Promise<HostPage> {
  return new Promise((resolve, reject) => {
    const onRejection = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      window.removeEventListener('unhandledrejection', onRejection);
      reject(new HostError(strings.host.refused(reasonText(event.reason))));
    };
    window.addEventListener('unhandledrejection', onRejection);
    SDK.init({ loaded: false, applyTheme: true }).then(() => {
      window.removeEventListener('unhandledrejection', onRejection);
      resolve(readPage());
    }, reject);
  });
}

/** Tells the host that the page has drawn itself, so that it takes its own spinner away. */
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
