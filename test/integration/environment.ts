/**
 * What cases run against: an address, the callers that can be played there, and values that are known to be there.
 * `embedded.ts` starts one on this machine; others are described by a file in `environments/`.
 */
import { readFileSync } from 'node:fs';
import { AzureCliCredential, ManagedIdentityCredential } from '@azure/identity';
import { isSafeForTokens } from '../../net/loopback.ts';
import type { CallerName } from './case.ts';
import { checked, FileError } from './schema-check.ts';

export interface Environment {
  readonly name: string;
  /** Without a slash at the end. */
  readonly url: string;
  /** Whether cases that write, or need the demonstration data, may run. */
  readonly isEmbedded: boolean;
  /** How long an answer may take. */
  readonly longestAnswerMs: number;
  /** What `{{name}}` stands for. */
  readonly values: Readonly<Record<string, string>>;
  /** The headers that prove a caller; undefined where nobody can play it here. */
  headersOf(caller: CallerName): Promise<Readonly<Record<string, string>> | undefined>;
  close(): Promise<void>;
}

type TokenSource =
  | { readonly variable: string }
  | { readonly identity: 'azureCli' | 'managedIdentity'; readonly scope: string; readonly clientId?: string };

interface EnvironmentFile {
  readonly url: string;
  readonly callers: Readonly<Partial<Record<CallerName, TokenSource>>>;
  readonly values: Readonly<Record<string, string>>;
}

const schema = new URL('environment.schema.json', import.meta.url);
const none: Readonly<Record<string, string>> = {};
const longestAnswerMs = 30_000;
const longestSignInMs = 30_000;

/**
 * Reads an environment's file. Tokens are asked for when a caller is first needed.
 *
 * @param variables of the process: `INTEGRATION_URL`, and tokens where the file names variables
 * @throws FileError
 */
export function configuredEnvironment(
  name: string,
  file: string,
  variables: Readonly<Record<string, string | undefined>>,
): Environment {
  const {
    url: written,
    callers,
    values,
  } = checked<EnvironmentFile>(file, readFileSync(file, 'utf8'), schema);
  const url = (variables.INTEGRATION_URL || written).replace(/\/+$/, '');
  if (!isSafeForTokens(new URL(url)))
    throw new FileError(file, 'url must be https, because tokens are sent there');
  const tokens = new Map<CallerName, Promise<string | undefined>>();
  const tokenOf = (caller: CallerName): Promise<string | undefined> => {
    const source = callers[caller];
    const token = tokens.get(caller) ?? (source ? tokenFrom(source, variables) : Promise.resolve(undefined));
    tokens.set(caller, token);
    return token;
  };
  return {
    name,
    url,
    isEmbedded: false,
    longestAnswerMs,
    values,
    async headersOf(caller) {
      const token = caller === 'nobody' ? '' : await tokenOf(caller);
      if (token === undefined) return undefined;
      return token === '' ? none : { authorization: `Bearer ${token}` };
    },
    close: async () => undefined,
  };
}

async function tokenFrom(
  source: TokenSource,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if ('variable' in source) return variables[source.variable] || undefined;
  const { identity, scope, clientId } = source;
  const credential =
    identity === 'azureCli'
      ? new AzureCliCredential()
      : new ManagedIdentityCredential(clientId === undefined ? {} : { clientId });
  return (await credential.getToken(scope, { abortSignal: AbortSignal.timeout(longestSignInMs) })).token;
}
