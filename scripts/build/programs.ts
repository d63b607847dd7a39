/**
 * Bundles the Node programs: at a start, Node spends most of its time on finding and reading files, of which the
 * packages have thousands. Their code lies in a folder of its own; at the place of each program's source there is a file
 * that loads it.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { engineFingerprint, fingerprintFile } from '../../kusto/engine/store/kept-compilations.ts';
import { requireBanner, sourcePlaces } from './source-places.ts';

/** What is started as a process or a thread, by the folder of its code: what ships, and what this repository alone starts. */
const programs = {
  app: [
    'backend/hosts/functions.ts',
    'backend/hosts/health-check.ts',
    'backend/hosts/server.ts',
    'cli/deployments.ts',
    'cli/kusto.ts',
    'kusto/engine/store/compiler-thread.ts',
    'kusto/engine/store/lane-process.ts',
    'kusto/engine/thread.ts',
  ],
  'app-dev': [
    'scripts/start.ts',
    'test/backend/gates/gates-process.ts',
    'test/support/changelog/process.ts',
    'test/support/functions/worker.ts',
    'test/support/security/product-process.ts',
  ],
} as const;

/** Builds all programs into `target`, with the files that they read. */
export async function buildPrograms(target = 'dist'): Promise<void> {
  await Promise.all(
    Object.entries(programs).map(([folder, sources]) => bundle(path.join(target, folder), sources)),
  );
  for (const [folder, sources] of Object.entries(programs))
    for (const source of sources) writeStart(target, source, folder);
  const isRead = (file: string): boolean => !file.endsWith('.ts');
  cpSync('kusto', path.join(target, 'kusto'), { recursive: true, filter: isRead });
  writeFileSync(path.join(target, 'kusto/engine', fingerprintFile), JSON.stringify(engineFingerprint()));
}

async function bundle(outdir: string, sources: readonly string[]): Promise<void> {
  await build({
    entryPoints: sources.map((source) => ({ in: source, out: nameOf(source) })),
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    sourcesContent: false,
    // A native module, and what the Functions worker alone has.
    external: ['better-sqlite3', '@azure/functions-core'],
    banner: { js: requireBanner },
    plugins: [sourcePlaces('.js')],
    logLevel: 'warning',
  });
}

/** The file at the place of the program's source. */
function writeStart(target: string, source: string, codeFolder: string): void {
  const file = path.join(target, source.replace(/\.ts$/, '.js'));
  const code = path.posix.relative(path.posix.dirname(source), `${codeFolder}/${nameOf(source)}.js`);
  const isCommand = readFileSync(source, 'utf8').startsWith('#!');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${isCommand ? '#!/usr/bin/env node\n' : ''}import '${code}';\n`);
}

const nameOf = (source: string): string => source.replace(/\.ts$/, '').replaceAll('/', '-');
