/**
 * Puts each task into a folder as it ships: its manifest and icon, and for the agent's task one bundled file
 * beside them. The bundle is CommonJS, because the agent starts `index.js` without a package.json of ours
 * above it. Alone: `npm run build:tasks [-- FOLDER]`.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const shipped = ['task.json', 'icon.png'];

/** Builds all tasks into `target`, which is emptied first. */
export async function buildTasks(target = 'dist/tasks'): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  // Here, and not shipped: dist lies below a package.json that would make every .js an ES module.
  writeFileSync(`${target}/package.json`, '{ "type": "commonjs" }\n');
  for (const entry of readdirSync('tasks', { withFileTypes: true })) {
    if (entry.isDirectory()) await buildTask(`tasks/${entry.name}`, `${target}/${entry.name}`);
  }
}

async function buildTask(source: string, target: string): Promise<void> {
  const files = readdirSync(source);
  mkdirSync(target);
  for (const name of shipped.filter((name) => files.includes(name))) {
    cpSync(`${source}/${name}`, `${target}/${name}`);
  }
  if (!files.includes('index.ts')) return;
  await build({
    entryPoints: [`${source}/index.ts`],
    outfile: `${target}/index.js`,
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildTasks(process.argv[2]);
