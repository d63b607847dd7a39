/**
 * What `deployments login` keeps for later commands, in a file that only its owner can read: which service, how to get
 * tokens for it and, after a device code, the access token itself, which is worth nothing after about an hour. Refresh
 * tokens are never kept: they work for months, and a safe place for them would need native modules.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { withoutTrailingSlashes } from '../../net/trailing-slashes.ts';
import type { Form } from '../../settings/forms.ts';
import type { EnvironmentVariables } from '../../settings/reader.ts';
import { usageError } from '../exit-codes.ts';
import { audience, clientId, tenant } from './forms.ts';

/** How tokens are obtained. */
export const loginMethods = ['deviceCode', 'azureCli', 'managedIdentity'] as const;
export type LoginMethod = (typeof loginMethods)[number];

export interface Login {
  readonly method: LoginMethod;
  /** The only address that the login's tokens go to, as {@link addressOf} writes it. */
  readonly service: string;
  /** The application that the tokens are for. */
  readonly audience: string;
  readonly tenant?: string | undefined;
  /** The application that a person signs in with, or the user-assigned identity. */
  readonly client?: string | undefined;
  /** After a device code. `expiresAt` is in milliseconds since 1970. */
  readonly token?: { readonly value: string; readonly expiresAt: number } | undefined;
}

const fileName = 'login.json';
const isWindows = process.platform === 'win32';

/** The login, if there is one. @throws CommandError if its file is damaged, or open to others */
export function readLogin(environment: EnvironmentVariables): Login | undefined {
  const folder = folderIn(environment);
  if (folder === undefined) return undefined;
  const path = join(folder, fileName);
  try {
    refuseIfOpenToOthers(path);
    return loginIn(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return undefined;
    const reason = error instanceof SyntaxError ? 'it is not JSON' : reasonOf(error);
    throw usageError(`cannot use the login in ${path}: ${reason}. Run 'deployments login' again`);
  }
}

/** Replaces the login. @returns the path of the file @throws CommandError */
export function keepLogin(login: Login, environment: EnvironmentVariables): string {
  const folder = folderIn(environment);
  if (folder === undefined)
    throw usageError(`there is no folder to keep the login in: set ${folderVariable}`);
  const path = join(folder, fileName);
  const next = `${path}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmSync(next, { force: true });
    // A new file, so that no link is followed and no other permissions are kept.
    writeFileSync(next, `${JSON.stringify(login)}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(next, 0o600);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw usageError(`cannot keep the login in ${path}: ${reasonOf(error)}`);
  }
  return path;
}

/** Removes the login, in whatever state its file is. @returns whether there was one */
export function forgetLogin(environment: EnvironmentVariables): boolean {
  const folder = folderIn(environment);
  if (folder === undefined) return false;
  try {
    rmSync(join(folder, fileName));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw usageError(`cannot remove the login: ${reasonOf(error)}`);
  }
}

/** An address without what does not matter, for comparing: scheme, host, port and path. */
export function addressOf({ origin, pathname }: URL): string {
  return origin + withoutTrailingSlashes(pathname);
}

const folderVariable = isWindows ? 'APPDATA' : 'HOME or XDG_CONFIG_HOME';

/** Where the user's settings are on this system; undefined if the environment does not say. */
function folderIn({ APPDATA, XDG_CONFIG_HOME, HOME }: EnvironmentVariables): string | undefined {
  // A relative XDG_CONFIG_HOME is to be ignored, as its specification says.
  const xdg = XDG_CONFIG_HOME && isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : undefined;
  const parent = isWindows ? APPDATA : (xdg ?? (HOME && join(HOME, '.config')));
  return parent ? join(parent, 'deployments') : undefined;
}

/** Whoever can write the file decides where tokens go. Windows protects the folder instead. */
function refuseIfOpenToOthers(path: string): void {
  if (isWindows) return;
  const { mode, uid } = statSync(path);
  if (uid !== process.getuid?.()) throw new Error('it belongs to another user');
  if ((mode & 0o077) !== 0) throw new Error('other users can read or change it');
}

function loginIn(value: unknown): Login {
  const fields = Object(value) as Partial<Record<string, unknown>>;
  const method = loginMethods.find((known) => known === fields.method);
  const { service } = fields;
  if (method === undefined) throw new Error('its method is unknown');
  if (typeof service !== 'string' || !URL.canParse(service)) throw new Error('it names no service');
  const given = <T>(form: Form<T>, text: unknown): T | undefined =>
    typeof text === 'string' ? form.parse(text) : undefined;
  const parsedAudience = given(audience, fields.audience);
  if (parsedAudience === undefined) throw new Error('it names no audience');
  return {
    method,
    service,
    audience: parsedAudience,
    tenant: given(tenant, fields.tenant),
    client: given(clientId, fields.client),
    token: tokenIn(fields.token),
  };
}

function tokenIn(value: unknown): Login['token'] {
  const { value: token, expiresAt } = Object(value) as Partial<Record<string, unknown>>;
  if (typeof token !== 'string' || typeof expiresAt !== 'number') return undefined;
  return { value: token, expiresAt };
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
