/** The page that plays Azure DevOps, for dist/devhost/page. */
import { cpSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild';

const source = 'devhost/page';
const target = 'dist/devhost/page';

/** Bundles the page and puts it into dist. */
export async function buildDevhostPage(): Promise<void> {
  mkdirSync(target, { recursive: true });
  for (const file of ['index.html', 'page.css', 'icon.svg']) cpSync(`${source}/${file}`, `${target}/${file}`);
  await build({
    entryPoints: [`${source}/main.ts`],
    outfile: `${target}/main.js`,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  });
}
