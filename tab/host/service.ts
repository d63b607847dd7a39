/**
 * The Deployments service of this page, and how far its URL can be trusted. `npm run package -- --service` writes the
 * URL into the pages; without it, the URL comes from the settings, which any user can write.
 */
import { parseServiceUrl } from './service-url.ts';
import { readSettings } from './settings.ts';

export interface Service {
  /** Without a trailing slash. */
  readonly url: string;
  /**
   * `packed`: fixed when the extension was packed, so tokens may be sent to it. `suggested`: anybody could have written
   * it, so nothing is sent before the user has confirmed its origin, and never a token.
   */
  readonly trust: 'packed' | 'suggested';
}

/** The service to ask; undefined if there is none. The settings are read only if no URL is packed. */
export async function readService(): Promise<Service | undefined> {
  const packed = packedServiceUrl();
  if (packed) return { url: packed, trust: 'packed' };
  const settings = await readSettings();
  return settings && { url: settings.serviceUrl, trust: 'suggested' };
}

/** The URL that was written into this page when the extension was packed. */
export function packedServiceUrl(): string | undefined {
  const place = document.querySelector<HTMLMetaElement>('head > meta[name="deployments-service"]');
  return parseServiceUrl(place?.content);
}
