/** The sizes of what the browser loads for the tab and the hub, and of the package. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const pages = 'dist/extension';
const packages = 'dist/packages';

/** One row for each kind of file, with its budget. The package is included if `npm run package` has been run. */
export function bundleSizes(): { what: string; kb: number; budget: number }[] {
  const gzipped = (extension: string, pagesOf: RegExp) =>
    sum(
      filesOf(pages, extension)
        .filter((file) => pagesOf.test(path.basename(file)))
        .map((file) => gzipSync(readFileSync(file), { level: 9 }).length),
    );
  const plain = (files: readonly string[]) => sum(files.map((file) => statSync(file).size));
  const vsix = filesOf(packages, '.vsix').filter((file) => !file.includes('-dev-'));
  return [
    { what: 'scripts of the tab, gzipped', kb: gzipped('.js', /^(build-results|shared)\./), budget: 130 },
    { what: 'scripts of the hub, gzipped', kb: gzipped('.js', /^(hub|beside)\./), budget: 160 },
    {
      what: 'scripts of a pull request, gzipped',
      kb: gzipped('.js', /^(pull-request|beside)\./),
      budget: 90,
    },
    { what: 'scripts of a work item, gzipped', kb: gzipped('.js', /^(work-item|beside)\./), budget: 90 },
    { what: 'scripts of the charts, gzipped', kb: gzipped('.js', /^beside-charts\./), budget: 30 },
    { what: 'style sheets, gzipped', kb: gzipped('.css', /./), budget: 45 },
    { what: 'fonts', kb: plain(filesOf(path.join(pages, 'fonts'), '.woff2')), budget: 10 },
    ...(vsix.length > 0 ? [{ what: 'package', kb: plain(vsix), budget: 600 }] : []),
  ];
}

/** The files of the tab, without those of the settings page. */
function filesOf(folder: string, extension: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(extension) && !name.startsWith('settings'))
    .map((name) => path.join(folder, name));
}

function sum(bytes: readonly number[]): number {
  return Math.round((bytes.reduce((total, size) => total + size, 0) / 1024) * 10) / 10;
}
