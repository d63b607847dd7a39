/** Reads an organization as people write it: its name or its URL. */
import { isSafeForTokens } from '../net/loopback.ts';
import { isOrganizationName, type Organization, parseOrganizationUrl } from './address.ts';

/** The text does not name an organization; the message says what would. */
export class InvalidOrganizationError extends Error {
  override readonly name = 'InvalidOrganizationError';
}

const expected =
  'expected a name such as contoso, or a URL such as https://dev.azure.com/contoso or https://contoso.visualstudio.com';

/**
 * Reads the name of an organization, or the URL of an organization or a collection of Azure DevOps Server.
 * Since a token is sent there, it must be https, except on this machine.
 *
 * @throws InvalidOrganizationError
 */
export function parseOrganization(text: string): Organization {
  const trimmed = text.trim();
  if (isOrganizationName(trimmed)) return { name: trimmed, url: `https://dev.azure.com/${trimmed}` };
  if (!URL.canParse(trimmed)) throw new InvalidOrganizationError(expected);
  const url = new URL(trimmed);
  if (url.username !== '' || url.password !== '')
    throw new InvalidOrganizationError(
      'the URL must not contain credentials: set them as environment variables',
    );
  if (!isSafeForTokens(url))
    throw new InvalidOrganizationError('the URL must begin with https://, because a token is sent to it');
  const organization = parseOrganizationUrl(url);
  if (organization === undefined) throw new InvalidOrganizationError(expected);
  return organization;
}
