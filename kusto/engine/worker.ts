/**
 * Starts a worker thread from a module of this repository, compiled or not: production runs the compiled
 * `.js`, tests run the `.ts` source through tsx (which a worker has to register by itself).
 */
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts `name` (a module beside `base`, without extension) as a worker thread.
 *
 * @param name module name relative to `base`, such as `./reader`
 * @param base the caller's `import.meta.url`
 * @param options passed on to the `Worker`
 */
export function startWorker(name: string, base: string, options: WorkerOptions = {}): Worker {
  const fromSource = base.endsWith('.ts');
  const entry = new URL(`${name}.${fromSource ? 'ts' : 'js'}`, base);
  if (!fromSource) return new Worker(entry, options);
  const bootstrap = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); });`;
  return new Worker(bootstrap, { ...options, eval: true });
}
