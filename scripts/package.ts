/** `npm run package`: packs both variants of the extension into dist/packages, from what `npm run build` built. */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { pack } from './package/pack.ts';
import { stage } from './package/stage.ts';
import { variants } from './package/variants.ts';

const target = 'dist/packages';
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

for (const variant of variants) {
  const folder = `dist/staging/${variant}`;
  const manifest = stage(variant, folder);
  const file = `${target}/${manifest.publisher}.${manifest.id}-${manifest.version}.vsix`;
  pack(folder, file);
  console.log(`${file}  ${Math.ceil(statSync(file).size / 1024)} KB`);
}
