/** The product's version, which is in package.json alone. */
import { existsSync, readFileSync } from 'node:fs';

/** The version, such as `1.2.3`. The file is above the folder of the sources, and above `dist/`. */
export function productVersion(): string {
  const file = ['../../package.json', '../../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find(existsSync);
  const { version } = JSON.parse(file === undefined ? '{}' : readFileSync(file, 'utf8'));
  if (typeof version !== 'string') throw new Error('package.json is missing or has no version');
  return version;
}
