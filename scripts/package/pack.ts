/** Packs a staged folder with tfx. What tfx only warns of fails on the user's side later, so it fails here. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const tfx = ['node_modules/tfx-cli/_build/tfx-cli.js', 'extension', 'create'];
const options = ['--manifest-globs', 'vss-extension.json', '--no-prompt'];

/** Writes the package `file` (.vsix). Throws with what tfx said when that is a warning or an error. */
export function pack(folder: string, file: string): void {
  const command = [...tfx, ...options, '--root', folder, '--output-path', file];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  const said = `${stdout}${stderr}`;
  if (status !== 0 || !existsSync(file) || /warning:/i.test(said))
    throw new Error(`tfx did not pack ${folder} without warnings:\n${said}`);
}
