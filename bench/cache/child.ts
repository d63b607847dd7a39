/** What a server in a process of its own tells the benchmark, and how the benchmark asks. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

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
  const child: ChildProcess = fork(new URL(module, import.meta.url), [...parameters], {
    execArgv: ['--import', 'tsx'],
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
