/** Fixes the Deployments service in the pages of a package: the only address that they may send a token to. */
import { parseServiceUrl } from '../../tab/host/service-url.ts';

const place = '<meta name="deployments-service" content="">';

/** The URL to pack, from `--service`; undefined if the option is not there. Throws if it is not a URL of a service. */
export function readPackedService(option: string | undefined): string | undefined {
  const url = parseServiceUrl(option);
  if (option !== undefined && !url)
    throw new Error(
      `--service must be an https URL without a query, such as https://deployments.contoso.com, and not ${JSON.stringify(option)}.`,
    );
  return url;
}

/** A page with the URL in it. Throws if the page has no place for it. */
export function withPackedService(page: string, url: string): string {
  if (!page.includes(place)) throw new Error(`A page has no ${place}: run \`npm run build\` first`);
  const text = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return page.replace(place, () => place.replace('content=""', () => `content="${text}"`));
}
