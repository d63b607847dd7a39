/**
 * Servers in processes of their own, for the benchmark: compiled as they ship, because what runs sources adds a call for
 * every function that is made. A child tells its address, and its processor time.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** In the child: tells its address, and its processor time whenever it is asked. */
export function answerParent(url: string): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ microseconds: user + system });
  });
  process.send?.({ url });
}

export interface ChildServer {
  readonly url: string;
  /** Processor time since it started. */
  microseconds(): Promise<number>;
  stop(): void;
}

/** Starts a server; it answers when this returns. */
export async function startChild(module: string, ...parameters: readonly string[]): Promise<ChildServer> {
  const child: ChildProcess = fork(await compiled(module), [...parameters], {
    // Its log is not part of the report.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const [{ url }] = await Promise.race([
    once(child, 'message') as Promise<[{ url: string }]>,
    once(child, 'exit').then(() => Promise.reject(new Error(`${module} ended before it was ready`))),
  ]);
  return {
    url,
    async microseconds() {
      child.send('processor time');
      const [{ microseconds }] = (await once(child, 'message')) as [{ microseconds: number }];
      return microseconds;
    },
    stop: () => void child.kill(),
  };
}

/** The file with a module and what it imports of ours; packages are found from there. */
async function compiled(module: string): Promise<string> {
  const folder = fileURLToPath(new URL('../../node_modules/.cache/bench/', import.meta.url));
  const outfile = `${folder}${module.replace(/\.ts$/, '.mjs')}`;
  await build({
    entryPoints: [fileURLToPath(new URL(module, import.meta.url))],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}
