/**
 * Where Microsoft Entra signs in. A client secret is sent there, so an address that somebody wrote into a service
 * connection must be one of these; it cannot be just any host.
 */

/** The clouds and their aliases, as Microsoft's own libraries know them. */
const entraHosts: readonly string[] = [
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
  'login.microsoftonline.us',
  'login.usgovcloudapi.net',
  'login-us.microsoftonline.com',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
];

const publicCloud = 'https://login.microsoftonline.com';

/** The origin to sign in at; undefined if the address is not https at a host of Microsoft Entra. */
export function entraOrigin(address: string = publicCloud): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, host, origin, username, password } = new URL(address);
  const isEntra = protocol === 'https:' && entraHosts.includes(host) && username + password === '';
  return isEntra ? origin : undefined;
}

/** What an address must be, for messages. */
export const expectedAuthority = 'https:// and a host of Microsoft Entra, such as login.microsoftonline.us';
