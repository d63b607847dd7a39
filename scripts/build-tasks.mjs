/**
 * `npm run build:tasks [-- FOLDER]`: puts each task into a folder of dist/tasks as it ships: its manifest and icon, and
 * for the agent's task one bundled file beside them. The bundle is CommonJS, because the agent starts
 * `index.js` without a package.json of ours above it.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const target = process.argv[2] ?? 'dist/tasks';
const shipped = ['task.json', 'icon.png'];

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
// Here, and not shipped: dist lies below a package.json that would make every .js an ES module.
writeFileSync(`${target}/package.json`, '{ "type": "commonjs" }\n');

for (const entry of readdirSync('tasks', { withFileTypes: true })) {
  if (!entry.isDirectory()) continue;
  const source = `tasks/${entry.name}`;
  const files = readdirSync(source);
  mkdirSync(`${target}/${entry.name}`);
  for (const name of shipped.filter((name) => files.includes(name))) {
    cpSync(`${source}/${name}`, `${target}/${entry.name}/${name}`);
  }
  if (!files.includes('index.ts')) continue;
  await build({
    entryPoints: [`${source}/index.ts`],
    outfile: `${target}/${entry.name}/index.js`,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    legalComments: 'inline',
    logLevel: 'warning',
  });
}
