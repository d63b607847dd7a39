/**
 * `npm run build`: bundles the Node programs, the pages and the tasks into dist/, all at the same time. `--unchecked`
 * leaves types to `npm run types`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { buildDevhostPage } from './build/devhost-page.ts';
import { buildPrograms } from './build/programs.ts';
import { buildTab } from './build/tab.ts';
import { buildTasks } from './build/tasks.ts';

/** Bundling does not look at types. */
async function checkTypes(): Promise<void> {
  const compiler = 'node_modules/typescript/bin/tsc';
  const child = spawn(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error('the compiler found mistakes');
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
  timed('backend, engine and CLI', () => buildPrograms()),
  timed('tab', buildTab),
  timed('page around the tab', buildDevhostPage),
  timed('tasks', () => buildTasks()),
  ...(process.argv.includes('--unchecked') ? [] : [timed('types', checkTypes)]),
]);
