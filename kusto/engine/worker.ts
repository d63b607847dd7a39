/**
 * Starts modules of this repository in threads and processes of their own, compiled or not: production runs the
 * compiled `.js`, tests run the `.ts` source through tsx (which each of them has to register by itself and takes three
 * times as long), or what `npm test` has just compiled of it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts `name` (a module beside `base`, without extension) as a worker thread.
 *
 * @param name module name relative to `base`, such as `./reader`
 * @param base the caller's `import.meta.url`
 * @param options passed on to the `Worker`
 */
export function startWorker(name: string, base: string, options: WorkerOptions = {}): Worker {
  const entry = fileOf(name, base);
  if (!isSource(entry)) return new Worker(entry, options);
  const bootstrap = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); });`;
  return new Worker(bootstrap, { ...options, eval: true });
}

/** Starts `name`, a module beside `base`, as a process with these arguments and a channel for any values. */
export function startProcess(name: string, base: string, parameters: readonly string[]): ChildProcess {
  const entry = fileOf(name, base);
  const loader = isSource(entry)
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : [];
  return fork(fileURLToPath(entry), parameters, { execArgv: loader, serialization: 'advanced' });
}

function fileOf(name: string, base: string): URL {
  if (!base.endsWith('.ts')) return new URL(`${name}.js`, base);
  if (process.env.TEST_PROGRAMS !== 'built') return new URL(`${name}.ts`, base);
  const root = new URL('../../', import.meta.url);
  return new URL(`dist/${new URL(`${name}.js`, base).href.slice(root.href.length)}`, root);
}

const isSource = ({ pathname }: URL): boolean => pathname.endsWith('.ts');
