/**
 * The Deployments service of this page, how far its URL can be trusted, and how users prove themselves to it. `npm run
 * package` writes all of it into the pages; without a URL there, it comes from the settings, which any user can write.
 */
import { type EntraApplication, parseEntraApplication } from './entra-application.ts';
import { parseServiceUrl } from './service-url.ts';
import { readSettings } from './settings.ts';

export interface Service {
  /** Without a trailing slash. */
  readonly url: string;
  /**
   * `packed`: fixed when the extension was packed. `suggested`: anybody could have written it, so nothing is sent before
   * the user has confirmed its origin.
   */
  readonly trust: 'packed' | 'suggested';
  /** The application that users sign in to, always from the package; without it, no token of Entra ID is sent. */
  readonly entra?: EntraApplication;
  /**
   * Whether the extension's token goes to the service, with the user's own token for Azure DevOps, where there is no
   * sign-in to Entra ID. Never to a suggested URL.
   */
  readonly extensionTokens?: boolean;
}

/** The service to ask; undefined if there is none. The settings are read only if no URL is packed. */
export async function readService(): Promise<Service | undefined> {
  const url = packedServiceUrl();
  const entra = packedApplication();
  if (url) return { url, trust: 'packed', entra, extensionTokens: packed('extension-tokens') === 'yes' };
  const settings = await readSettings();
  return settings && { url: settings.serviceUrl, trust: 'suggested', entra };
}

/** Whether the page sends no token to the service, so that signing in cannot help. */
export function isAnonymous({ entra, extensionTokens }: Service): boolean {
  return !entra && !extensionTokens;
}

/** The URL that was written into this page when the extension was packed. */
export function packedServiceUrl(): string | undefined {
  return parseServiceUrl(packed('service'));
}

function packedApplication(): EntraApplication | undefined {
  return parseEntraApplication(packed('client'), packed('tenant'), packed('audience'));
}

function packed(name: string): string {
  return document.querySelector<HTMLMetaElement>(`head > meta[name="deployments-${name}"]`)?.content ?? '';
}
