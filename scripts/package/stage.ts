/** Puts exactly what an extension ships into an empty folder. tfx packs whatever lies in a listed folder. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type PackedService, withPackedService } from './packed-service.ts';
import { type ExtensionManifest, manifestOf, type TaskManifest, taskOf, type Variant } from './variants.ts';

const pageFiles = /\.(html|js|css|woff2)$/;
const marketplaceFiles = /\.(md|png|jpg)$/;

/**
 * Stages one variant from the built pages and tasks, with what is packed in every page. Throws with what is missing when
 * something is not built.
 */
export function stage(variant: Variant, folder: string, service: PackedService): ExtensionManifest {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copy('dist/extension', path.join(folder, 'pages'), pageFiles);
  packService(path.join(folder, 'pages'), service);
  copy('tab/marketplace', path.join(folder, 'marketplace'), marketplaceFiles);
  cpSync('LICENSE', path.join(folder, 'marketplace/LICENSE.md'));
  const fragment = readJson<Pick<ExtensionManifest, 'contributions' | 'files'>>('tasks/extension.json');
  for (const { path: task } of fragment.files) stageTask(variant, task, path.join(folder, task));
  const own = readJson<ExtensionManifest>('vss-extension.json');
  const manifest = manifestOf(variant, {
    ...own,
    version: readJson<{ readonly version: string }>('package.json').version,
    contributions: [...own.contributions, ...fragment.contributions],
    files: [...own.files, ...fragment.files],
  });
  writeJson(path.join(folder, 'vss-extension.json'), manifest);
  return manifest;
}

function packService(folder: string, service: PackedService): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.html'))) {
    const file = path.join(folder, name);
    writeFileSync(file, withPackedService(readFileSync(file, 'utf8'), service));
  }
}

function stageTask(variant: Variant, task: string, target: string): void {
  copy(path.join('dist', task), target, /\.(js|json|png)$/);
  if (!existsSync(path.join(target, 'icon.png')))
    cpSync('tab/marketplace/task-icon.png', path.join(target, 'icon.png'));
  const manifest = path.join(target, 'task.json');
  writeJson(manifest, taskOf(variant, readJson<TaskManifest>(manifest)));
}

function copy(source: string, target: string, wanted: RegExp): void {
  if (!existsSync(source)) throw new Error(`${source} is missing: run \`npm run build\` first`);
  for (const entry of readdirSync(source, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !wanted.test(entry.name)) continue;
    const file = path.join(entry.parentPath, entry.name);
    cpSync(file, path.join(target, path.relative(source, file)));
  }
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
