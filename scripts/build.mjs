/**
 * `npm run build`: compiles the Node parts to dist/ in the folders' own layout, copies what is read at run
 * time, and bundles the tab and the tasks.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';

const kustoFolders = ['tables', 'views', 'functions', 'jobs', 'sources', 'environments'];

const run = (title, command) => {
  const started = Date.now();
  const { status } = spawnSync(command[0], command.slice(1), { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`Build of the ${title} failed.`);
    process.exit(1);
  }
  console.log(`${title}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
};

rmSync('dist', { recursive: true, force: true });
run('backend, engine and CLI', ['npx', 'tsc', '-p', 'tsconfig.build.json']);
for (const folder of kustoFolders) {
  const source = `kusto/${folder}`;
  if (existsSync(source)) {
    cpSync(source, `dist/${source}`, { recursive: true, filter: (path) => !path.endsWith('.ts') });
  }
}
run('tab', ['npm', 'run', '--silent', 'build:tab']);
run('tasks', ['npm', 'run', '--silent', 'build:tasks']);
