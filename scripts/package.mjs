/**
 * `npm run package`: packs both variants of the extension into dist/packages, from what `npm run build` built.
 * A warning of tfx is an error here.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { stage } from './package/stage.mjs';
import { variants } from './package/variants.mjs';

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

function pack(folder, file) {
  const options = [
    '--root',
    folder,
    '--manifest-globs',
    'vss-extension.json',
    '--output-path',
    file,
    '--no-prompt',
  ];
  const { status, stdout, stderr } = spawnSync('npx', ['tfx', 'extension', 'create', ...options], {
    encoding: 'utf8',
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  const said = `${stdout}${stderr}`;
  if (status === 0 && existsSync(file) && !/\bwarning:/i.test(said)) return;
  console.error(said);
  throw new Error(`tfx did not pack ${folder} without warnings`);
}
