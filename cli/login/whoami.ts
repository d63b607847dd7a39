/** `deployments whoami`: who one is to which service, until when, and what the service says to that. */
import { ClientError } from '../../api/client-error.ts';
import { formatDuration } from '../../wait/duration.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { TextTone } from '../terminal/styled-text.ts';
import { addressOf, type LoginMethod } from './kept-login.ts';
import {
  accessOf,
  clientWith,
  howToGetAccess,
  type ServiceAccess,
  type ServiceOptions,
} from './service-access.ts';
import { ownerOf, type TokenOwner } from './token-owner.ts';

export interface WhoamiOptions extends ServiceOptions {
  readonly json?: true;
}

/** What the service says: `away` if it does not answer, or cannot tell now. */
interface Verdict {
  readonly answer: 'accepted' | 'unauthorized' | 'forbidden' | 'noToken' | 'away';
  readonly message: string;
}

const methodNames: Readonly<Record<LoginMethod, string>> = {
  deviceCode: 'device code',
  azureCli: 'Azure CLI',
  managedIdentity: 'managed identity',
};

/**
 * Shows it, never the token. Exits with 1 if a token is needed and there is no valid one, and with 3 if the service
 * does not accept the token or cannot tell.
 */
export async function whoami(options: WhoamiOptions, context: Context): Promise<ExitCode> {
  const access = accessOf(options, context);
  const { token, problem } = await tokenIn(access);
  const verdict: Verdict =
    problem === undefined
      ? await verdictOf(access, context)
      : { answer: 'noToken', message: `${problem}. ${howToGetAccess}` };
  const owner = token === undefined ? undefined : ownerOf(token);
  if (options.json) showJson(access, owner, verdict, context);
  else show(access, owner, verdict, context);
  if (verdict.answer === 'accepted') return exitCodes.success;
  return verdict.answer === 'noToken' ? exitCodes.badNews : exitCodes.service;
}

/** The token that is sent, or that of a login which is over. */
async function tokenIn({ token, login }: ServiceAccess) {
  try {
    return { token: await token?.(), problem: undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { token: login?.token?.value, problem: `Could not get an access token: ${reason}` };
  }
}

/** Nothing has this id; a lookup of it is answered 404 to whoever may ask. */
const nobody = { source: 'expressv2', id: 'deployments-whoami' };

async function verdictOf(access: ServiceAccess, { signal }: Context): Promise<Verdict> {
  const hasToken = access.token !== undefined;
  try {
    await clientWith(access).getBuilds(nobody, { signal });
    const message = hasToken ? 'The service accepts the token.' : 'The service asks for no token.';
    return { answer: 'accepted', message };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    if (hasToken || error.kind !== 'unauthorized') return refusalOf(error);
    const message = `There is no login to this service, and no token. ${howToGetAccess}`;
    return { answer: 'noToken', message };
  }
}

function refusalOf({ kind, message }: ClientError): Verdict {
  switch (kind) {
    case 'unauthorized':
      return {
        answer: 'unauthorized',
        message: `The service does not accept the token (401: ${message}). It has to be for this service, of a tenant that the service knows, and valid. ${howToGetAccess}`,
      };
    case 'forbidden':
      return {
        answer: 'forbidden',
        message: `The service knows you, but grants you nothing (403: ${message}). Ask its operators for a grant.`,
      };
    case 'notAnApi':
      return { answer: 'away', message: `There is no deployments service at this address: ${message}` };
    default:
      return { answer: 'away', message: `The service could not tell: ${message}` };
  }
}

function show(
  access: ServiceAccess,
  owner: TokenOwner | undefined,
  { answer, message }: Verdict,
  { out }: Context,
): void {
  out.line(`Service: ${addressOf(access.url)}`);
  if (access.source !== undefined) {
    out.line(`User:    ${owner?.name ?? 'the token does not say'}`);
    if (owner?.tenant !== undefined) out.line(`Tenant:  ${owner.tenant}`);
    if (owner?.audience !== undefined) out.line(`For:     ${owner.audience}`);
    if (owner && owner.permissions.length > 0) out.line(`May:     ${owner.permissions.join(', ')}`);
    out.line(`Token:   ${sourceOf(access)}${expiryOf(owner)}`);
  }
  const tone: TextTone = answer === 'accepted' ? 'good' : 'bad';
  out.line({ text: message, tone });
}

function sourceOf({ login, source }: ServiceAccess): string {
  if (login) return `of the login with ${methodNames[login.method]}`;
  return source === 'environment' ? 'in $DEPLOYMENTS_TOKEN' : 'none';
}

function expiryOf({ expiresAt }: Partial<TokenOwner> = {}): string {
  if (expiresAt === undefined) return '';
  const time = new Date(expiresAt).toISOString().slice(0, 19);
  const left = expiresAt - Date.now();
  return left > 0 ? `, until ${time}Z (${formatDuration(left)})` : `, expired at ${time}Z`;
}

function showJson(
  { url, source, login }: ServiceAccess,
  owner: TokenOwner | undefined,
  { answer, message }: Verdict,
  { out }: Context,
): void {
  const { expiresAt, ...claims } = owner ?? { permissions: [] };
  out.json({
    service: addressOf(url),
    source: source ?? 'none',
    ...(login && { method: login.method }),
    ...claims,
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
    answer,
    message,
  });
}
