/**
 * Puts a secret into the key vault of every region of an environment with the Azure CLI. A secret comes from standard
 * input or is made here, and goes to the CLI in a file that only its owner may read: it stands on no command line, in no
 * variable and in no output.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allTargets, resolved, settingsOf } from '../deployments.ts';
import type { Sources } from '../sources.ts';
import { newSecret, type SecretKind, secretKinds } from './kinds.ts';

export interface SecretOptions {
  readonly environment: string;
  /** A name of {@link secretKinds}. */
  readonly name: string;
  /** Makes a new secret; without it, it is read from standard input. */
  readonly isGenerated: boolean;
  /** Keeps what is there now as the secret `…-previous`. */
  readonly keepsPrevious: boolean;
  /** Replaces the secret of one organization in a list of them, and keeps its last one beside it. */
  readonly organization?: string | undefined;
  /** After so many days the alert secret-expiry asks for another one. */
  readonly days: number;
}

/** A secret that cannot be set as it was asked for. */
export class SecretError extends Error {}

/** @returns the key vaults that have it now @throws SecretError, UnknownTargetError */
export function setSecret(sources: Sources, options: SecretOptions, now = new Date()): string[] {
  const { environment, name, isGenerated, keepsPrevious, organization, days } = options;
  const kind = secretKinds[name];
  if (!kind)
    throw new SecretError(`There is no secret ${name}: choose one of ${Object.keys(secretKinds).join(', ')}`);
  const previous = `${name}-previous`;
  if (keepsPrevious && !secretKinds[previous])
    throw new SecretError(`${name} has no previous one: the service reads one value of it`);
  if (!Number.isInteger(days) || days < 1 || days > 730)
    throw new SecretError('--days must be from 1 to 730');
  const vaults = vaultsOf(sources, environment);
  const [first = ''] = vaults;
  const expires = `${new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
  const folder = mkdtempSync(path.join(tmpdir(), 'secret-'));
  // Ctrl+C ends the CLI that is running, and what follows removes the folder.
  const goOn = (): void => undefined;
  process.on('SIGINT', goOn);
  try {
    const value = newValue(kind);
    if (!kind.form.test(value)) throw new SecretError(`${name} must be ${kind.rightForm}`);
    // All regions get the same one, what there was before first: so nobody is refused in between.
    if (keepsPrevious) {
      const file = path.join(folder, 'previous');
      az('download', first, name, folder, file);
      for (const vault of vaults) az('set', vault, previous, folder, file, expires);
    }
    const file = path.join(folder, 'value');
    writeFileSync(file, value, { mode: 0o600 });
    for (const vault of vaults) az('set', vault, name, folder, file, expires);
    return vaults;
  } finally {
    rmSync(folder, { recursive: true });
    process.off('SIGINT', goOn);
  }

  function newValue(of: SecretKind): string {
    const given = isGenerated ? undefined : readFileSync(0, 'utf8').replace(/\r?\n$/, '');
    if (organization !== undefined) {
      if (name !== 'changelog-organization-secrets')
        throw new SecretError('--organization is for changelog-organization-secrets');
      if (!/^[a-z0-9][a-z0-9-]*$/i.test(organization))
        throw new SecretError('--organization must be the name of an organization');
      const file = path.join(folder, 'list');
      az('download', first, name, folder, file);
      return withOrganization(readFileSync(file, 'utf8'), organization, given ?? newSecret());
    }
    if (given !== undefined) return given;
    if (!of.generate) throw new SecretError(`${name} is not made here: give it on standard input`);
    return of.generate();
  }
}

/** The list with another secret of an organization, and the last one that it had beside it. */
function withOrganization(list: string, organization: string, value: string): string {
  const entries = list
    .trim()
    .split(',')
    .filter((entry) => entry !== '');
  const isIts = (entry: string): boolean =>
    entry.slice(0, entry.indexOf('=')).toLowerCase() === organization.toLowerCase();
  const kept = entries.filter(isIts).slice(0, 1);
  return [...entries.filter((entry) => !isIts(entry)), `${organization}=${value}`, ...kept].join(',');
}

function vaultsOf(sources: Sources, environment: string): string[] {
  const targets = allTargets(sources).filter((target) => target.environment === environment);
  if (targets.length === 0)
    throw new SecretError(
      `There is no environment ${environment}: choose one of ${[...sources.environments.keys()].join(', ')}`,
    );
  return targets.map(
    (target) => resolved(sources.naming.names, sources.naming, settingsOf(sources, target)).keyVault ?? '',
  );
}

/** Only names of files and vaults are arguments. */
function az(
  action: 'set' | 'download',
  vault: string,
  name: string,
  folder: string,
  file: string,
  expires?: string,
): void {
  const given = ['keyvault', 'secret', action, '--vault-name', vault, '--name', name, '--file', file];
  const { status, stderr, error } = spawnSync(
    'az',
    [
      ...given,
      ...['--encoding', 'utf-8', '--only-show-errors', '--output', 'none'],
      ...(expires === undefined ? [] : ['--expires', expires]),
    ],
    { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
  );
  if (error) throw new SecretError(`The Azure CLI could not be started: ${error.message}`);
  if (status !== 0) throw new SecretError(`${vault}: ${stderr.trim() || `az ended with ${status}`}`);
}
