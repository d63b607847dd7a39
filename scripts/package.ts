/**
 * `npm run package`: packages both variants of the extension into dist/packages, from the output of `npm run build`.
 * `-- --service URL --client GUID --tenant GUID` fixes the Deployments service that the pages ask, and the application
 * that users sign in to: see docs/operations/backend.md.
 * `npm run package -- functions`: packages the Functions apps into dist/functions, from the source.
 */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pack } from './package/pack.ts';
import {
  describePackedService,
  type PackedService,
  packingOptions,
  readPackedService,
} from './package/packed-service.ts';
import { stage } from './package/stage.ts';
import { variants } from './package/variants.ts';

const target = 'dist/packages';

try {
  const { values, positionals } = parseArgs({
    options: packingOptions,
    allowPositionals: true,
  });
  const [what = 'extension', ...more] = positionals;
  if (!['extension', 'functions'].includes(what) || more.length > 0)
    throw new Error(`npm run package -- ${positionals.join(' ')}: say extension, functions or nothing.`);
  if (what === 'functions') await packageApps();
  else packageExtension(readPackedService(values));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function packageApps(): Promise<void> {
  // Bundles the whole backend: what packs the extension alone does without.
  const { packageFunctions } = await import('./package/functions.ts');
  for (const folder of (await packageFunctions()).values())
    console.log(`${folder}  ${Math.ceil(sizeOf(folder) / 1024)} KB`);
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0);
}

function packageExtension(service: PackedService): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const variant of variants) {
    const folder = `dist/staging/${variant}`;
    const manifest = stage(variant, folder, service);
    const file = `${target}/${manifest.publisher}.${manifest.id}-${manifest.version}.vsix`;
    pack(folder, file);
    console.log(`${file}  ${Math.ceil(statSync(file).size / 1024)} KB`);
  }
  console.log(describePackedService(service));
}
