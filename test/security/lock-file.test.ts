/** What `npm ci` brings is what was locked, and what it may run is named. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly engines?: { readonly node?: string };
}
const read = (file: string) => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));
const semver: { satisfies(version: string, range: string): boolean } = createRequire(import.meta.url)(
  'semver',
);

const { packages } = read('package-lock.json') as { readonly packages: Readonly<Record<string, Entry>> };
const { allowScripts } = read('package.json') as { readonly allowScripts: Readonly<Record<string, boolean>> };
const entries = Object.entries(packages).filter(([place]) => place !== '');
const placesWhere = (isWrong: (entry: Entry) => boolean) =>
  entries.filter(([, entry]) => isWrong(entry)).map(([place]) => place);

describe('the lock file', () => {
  it('has the digest of every package, for every platform', () => {
    expect(entries.length).toBeGreaterThan(1000);
    expect(placesWhere(({ integrity }) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))).toEqual([]);
  });

  it('names no host: packages come from the registry that npm is told to use', () => {
    expect(placesWhere(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it.each(['20.19.0', '22.13.0', '24.0.0'])('has nothing that warns on Node %s', (version) => {
    expect(placesWhere(({ engines }) => !semver.satisfies(version, engines?.node ?? '*'))).toEqual([]);
  });

  it('has install scripts only where package.json says whether they may run', () => {
    const scripted = placesWhere(({ hasInstallScript }) => hasInstallScript === true);
    const names = scripted.map((place) => place.replace(/^.*node_modules\//, ''));
    expect(names.sort()).toEqual(Object.keys(allowScripts).sort());
    expect(Object.entries(allowScripts).filter(([, isAllowed]) => isAllowed)).toEqual([
      ['better-sqlite3', true],
    ]);
  });
});
