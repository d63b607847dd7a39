/** A server in a process of its own, so that it does not share a thread with the load of a benchmark. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export class BenchServer {
  readonly #process: ChildProcess;
  readonly url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#process = child;
    this.url = url;
  }

  /** @param module relative to this folder; it sends `{url}` once it answers */
  static async start(module: string, argument: string): Promise<BenchServer> {
    const child = fork(new URL(module, import.meta.url), [argument], { execArgv: ['--import', 'tsx'] });
    const [message] = await Promise.race([
      once(child, 'message') as Promise<[{ url: string }]>,
      once(child, 'exit').then(() => Promise.reject(new Error(`${module} exited before it was ready`))),
    ]);
    return new BenchServer(child, message.url);
  }

  async residentBytes(): Promise<number> {
    this.#process.send('memory');
    const [{ residentBytes }] = (await once(this.#process, 'message')) as [{ residentBytes: number }];
    return residentBytes;
  }

  stop(): void {
    this.#process.kill();
  }
}
