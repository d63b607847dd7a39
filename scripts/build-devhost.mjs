/** Part of `npm run build:tab`: puts the page that plays Azure DevOps into dist/devhost/page. */
import { cpSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild';

const target = 'dist/devhost/page';
mkdirSync(target, { recursive: true });
for (const file of ['index.html', 'page.css', 'icon.svg'])
  cpSync(`devhost/page/${file}`, `${target}/${file}`);
await build({
  entryPoints: ['devhost/page/main.ts'],
  outfile: `${target}/main.js`,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
});
