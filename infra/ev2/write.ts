/** Writes the service group root of a rollout: the files of Ev2, and the archive that its shell extensions run from. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Sources } from '../sources.ts';
import { packageOf, type Rollout } from './package.ts';

export interface PackageOptions {
  readonly environment: string;
  readonly rollout?: Rollout;
  /** Where to write; it must be empty or not there. */
  readonly folder: string;
  /** A folder with the zip file of each app; without it there is no archive. */
  readonly packages: string | undefined;
  /** What `$buildVersion()` is: the packages are copied under it. */
  readonly buildVersion: string;
}

/** A package that cannot be made of what was given. */
export class PackageError extends Error {}

/** @returns how many files there are @throws PackageError, UnknownTargetError */
export function writePackage(sources: Sources, options: PackageOptions): number {
  const { environment, rollout, folder, packages, buildVersion } = options;
  const files = packageOf(sources, environment, rollout);
  if (!/^[\w.-]{1,60}$/.test(buildVersion))
    throw new PackageError('--build must be letters, digits, dots and hyphens');
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new PackageError(`${folder} is not empty: choose another folder`);
  for (const [file, content] of files) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, `${JSON.stringify(content, undefined, 2)}\n`);
  }
  writeFileSync(path.join(folder, 'BuildVer.txt'), buildVersion);
  if (packages !== undefined) writeArchive(sources, packages, path.join(folder, 'bin'));
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length;
}

function writeArchive({ apps, ev2Scripts }: Sources, packages: string, bin: string): void {
  const missing = apps.filter((app) => !existsSync(path.join(packages, `${app}.zip`)));
  if (missing.length > 0)
    throw new PackageError(`${packages} has no ${missing.map((app) => `${app}.zip`).join(', ')}`);
  const content = path.join(bin, 'content');
  mkdirSync(path.join(content, 'packages'), { recursive: true });
  for (const app of apps)
    cpSync(path.join(packages, `${app}.zip`), path.join(content, 'packages', `${app}.zip`));
  for (const script of ev2Scripts)
    cpSync(path.join(import.meta.dirname, 'shell', script), path.join(content, script));
  const { status, stderr } = spawnSync('tar', ['-cf', path.join(bin, 'deploy.tar'), '-C', content, '.'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new PackageError(`tar failed: ${stderr}`);
  rmSync(content, { recursive: true });
}
