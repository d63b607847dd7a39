/** An engine as a process of its own (`kusto serve`), which a test can kill and start again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ServedEngine {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it as nobody expects it: kill -9. */
  kill(): Promise<void>;
}

/** Starts `kusto serve` on a free port, and waits until it answers. */
export async function serveEngine(data: string): Promise<ServedEngine> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/kusto.ts', 'serve', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(() => ['']),
  ]);
  const url = /http:\/\/\S+?(?=,|$)/.exec(String(line))?.[0];
  if (!url) throw new Error(`kusto serve did not start: ${line}`);
  return {
    url,
    process: child,
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
