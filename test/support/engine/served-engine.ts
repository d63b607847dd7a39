/** An engine as a process of its own (`kusto serve`), which a test can kill and start again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { programArguments } from '../program.ts';

export interface ServedEngine {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it as nobody expects it: kill -9. */
  kill(): Promise<void>;
}

/**
 * Starts `kusto serve`, and waits until it answers.
 *
 * @param options further ones of the command; any free port is taken where they name none
 */
export async function serveEngine(data: string, options: readonly string[] = []): Promise<ServedEngine> {
  const command = [...programArguments('cli/kusto.ts'), 'serve', '--data', data, ...options];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
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
