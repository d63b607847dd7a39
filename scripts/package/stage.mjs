/** Puts exactly what an extension ships into an empty folder. tfx packs whatever lies in a listed folder. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { manifestOf, taskOf } from './variants.mjs';

const pageFiles = /\.(html|js|css|woff2)$/;
const marketplaceFiles = /\.(md|png|jpg)$/;

/** Stages one variant from the built pages and tasks. Says what is missing when something is not built. */
export function stage(variant, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copy('dist/extension', path.join(folder, 'pages'), pageFiles);
  copy('tab/marketplace', path.join(folder, 'marketplace'), marketplaceFiles);
  cpSync('LICENSE', path.join(folder, 'marketplace/LICENSE.md'));
  const fragment = readJson('tasks/extension.json');
  for (const { path: task } of fragment.files) stageTask(variant, task, path.join(folder, task));
  const own = readJson('vss-extension.json');
  const manifest = manifestOf(variant, {
    ...own,
    version: readJson('package.json').version,
    contributions: [...own.contributions, ...fragment.contributions],
    files: [...own.files, ...fragment.files],
  });
  writeJson(path.join(folder, 'vss-extension.json'), manifest);
  return manifest;
}

function stageTask(variant, task, target) {
  copy(path.join('dist', task), target, /\.(js|json|png)$/);
  if (!existsSync(path.join(target, 'icon.png')))
    cpSync('tab/marketplace/task-icon.png', path.join(target, 'icon.png'));
  const manifest = path.join(target, 'task.json');
  writeJson(manifest, taskOf(variant, readJson(manifest)));
}

function copy(source, target, wanted) {
  if (!existsSync(source)) throw new Error(`${source} is missing: run \`npm run build\` first`);
  for (const entry of readdirSync(source, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !wanted.test(entry.name)) continue;
    const file = path.join(entry.parentPath, entry.name);
    cpSync(file, path.join(target, path.relative(source, file)));
  }
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
const writeJson = (file, value) => writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
