/**
 * Fixes in the pages of a package what they may send tokens to, and which: the Deployments service, the Entra application
 * that users sign in to, and whether the extension's own tokens may be sent.
 */
import { isGuid } from '../../net/guid.ts';
import { isAudience } from '../../tab/host/entra-application.ts';
import { parseServiceUrl } from '../../tab/host/service-url.ts';

/** The values of the pages' `meta` elements, by name. Empty: not packed. */
export type PackedService = Readonly<Record<(typeof places)[number], string>>;

const places = ['service', 'client', 'tenant', 'audience', 'extension-tokens'] as const;

/** The options of `npm run package` for the pages, as `parseArgs` takes them. */
export const packingOptions = {
  service: { type: 'string' },
  client: { type: 'string' },
  tenant: { type: 'string' },
  audience: { type: 'string' },
  'extension-tokens': { type: 'boolean' },
} as const;

/** The values of the options that were given. */
interface GivenOptions {
  readonly service?: string | undefined;
  readonly client?: string | undefined;
  readonly tenant?: string | undefined;
  readonly audience?: string | undefined;
  readonly 'extension-tokens'?: boolean | undefined;
}

/** Reads the options. Throws with all mistakes at once. */
export function readPackedService(values: GivenOptions): PackedService {
  const { service, client, tenant, audience } = values;
  const tokens = values['extension-tokens'] ?? false;
  const mistakes = [
    service !== undefined && !parseServiceUrl(service)
      ? `--service must be an https URL without a query, such as https://deployments.contoso.com, and not ${JSON.stringify(service)}.`
      : [],
    guidMistake('--client', 'the client id of the application that pages sign in to', client),
    guidMistake('--tenant', 'the id of the tenant whose users sign in', tenant),
    audience !== undefined && !isAudience(audience)
      ? `--audience must be the application id URI of the service, such as api://deployments, and not ${JSON.stringify(audience)}.`
      : [],
    (client === undefined) !== (tenant === undefined) ? '--client and --tenant go together.' : [],
    audience !== undefined && client === undefined ? '--audience goes with --client and --tenant.' : [],
    tokens && service === undefined
      ? '--extension-tokens goes with --service: these tokens are never sent to an address from the settings.'
      : [],
  ].flat();
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return {
    service: parseServiceUrl(service) ?? '',
    client: client?.toLowerCase() ?? '',
    tenant: tenant?.toLowerCase() ?? '',
    audience: audience ?? '',
    'extension-tokens': tokens ? 'yes' : '',
  };
}

/** What was packed, in a sentence. */
export function describePackedService({
  service,
  client,
  'extension-tokens': tokens,
}: PackedService): string {
  const sent = [
    ...(client ? ['tokens of Entra ID'] : []),
    ...(tokens ? [client ? "the extension's where the host cannot sign in" : "the extension's tokens"] : []),
  ];
  const sends = sent.length > 0 ? sent.join(', and ') : 'no token';
  return service
    ? `Packed for ${service}, which gets ${sends}.`
    : `Packed without a service: users confirm the address in the settings, which gets ${sends}.`;
}

/** A page with the values in it. Throws if the page has no place for one. */
export function withPackedService(page: string, packed: PackedService): string {
  return places.reduce((text, name) => {
    const place = `<meta name="deployments-${name}" content="">`;
    if (!text.includes(place)) throw new Error(`A page has no ${place}: run \`npm run build\` first`);
    const value = packed[name].replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
    return text.replace(place, () => place.replace('content=""', () => `content="${value}"`));
  }, page);
}

function guidMistake(option: string, meaning: string, value: string | undefined): string | readonly [] {
  if (value === undefined || isGuid(value)) return [];
  return `${option} must be a GUID, ${meaning}, and not ${JSON.stringify(value)}.`;
}
