/**
 * The programs that the tests drive and npm cannot bring. Missing ones are installed where that is possible
 * (root on a Debian-like system) and asked for by name where it is not.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const needed = [
  { program: 'chromium', package: 'chromium', purpose: 'the browser tests' },
  { program: 'redis-server', package: 'redis-server', purpose: 'the tests of shared caches' },
];

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/**
 * Installs what is missing. Returns true when everything is there afterwards; prints what to do otherwise.
 */
export function ensureSystemPackages(): boolean {
  const missing = needed.filter(({ program }) => !isInstalled(program));
  if (missing.length === 0) return true;
  const names = missing.map((entry) => entry.package).join(' ');
  if (process.getuid?.() === 0 && isInstalled('apt-get')) {
    console.log(`Installing system packages: ${names}`);
    const apt = (args: readonly string[]): boolean =>
      spawnSync('apt-get', args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }).status === 0;
    if (
      apt(['update', '-qq']) &&
      apt(['install', '-y', '-qq', '--no-install-recommends', ...names.split(' ')])
    )
      return true;
  }
  for (const entry of missing) {
    console.error(`"${entry.program}" is needed for ${entry.purpose} and is not on the PATH.`);
  }
  console.error(`Install it (Debian, Ubuntu: sudo apt-get install ${names}) and run the command again.`);
  return false;
}
