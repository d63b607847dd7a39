/**
 * `npm run build`: compiles the Node parts to dist/ in the folders' own layout, copies what is read at run
 * time, and bundles the pages and the tasks. The parts are built at the same time. `--unchecked` leaves types to
 * `npm run types`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { engineFingerprint, fingerprintFile } from '../kusto/engine/store/kept-compilations.ts';
import { buildDevhostPage } from './build/devhost-page.ts';
import { buildTab } from './build/tab.ts';
import { buildTasks } from './build/tasks.ts';

async function compileNodeParts(): Promise<void> {
  const compiler = 'node_modules/typescript/bin/tsc';
  const unchecked = process.argv.includes('--unchecked') ? ['--noCheck'] : [];
  const parameters = [compiler, '-p', 'tsconfig.build.json', ...unchecked];
  const child = spawn(process.execPath, parameters, { stdio: 'inherit' });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error('the compiler found mistakes');
  cpSync('kusto', 'dist/kusto', { recursive: true, filter: (path) => !path.endsWith('.ts') });
  writeFileSync(`dist/kusto/engine/${fingerprintFile}`, JSON.stringify(engineFingerprint()));
}

async function timed(title: string, build: () => Promise<void>): Promise<void> {
  const started = Date.now();
  try {
    await build();
    console.log(`${title}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.error(`Build of the ${title} failed: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

rmSync('dist', { recursive: true, force: true });
await Promise.all([
  timed('backend, engine and CLI', compileNodeParts),
  timed('tab', buildTab),
  timed('page around the tab', buildDevhostPage),
  timed('tasks', () => buildTasks()),
]);
