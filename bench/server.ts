/** A server in a process of its own, so that it does not share a thread with the load of a benchmark. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

interface Started {
  readonly url: string;
  readonly keepingUrl?: string;
}

/** A benchmark that fails leaves no server behind. */
const endWithParent = "data:text/javascript,process.on('disconnect',()=>process.exit())";

export class BenchServer {
  readonly #process: ChildProcess;
  readonly url: string;
  /** The same with what it keeps between requests, where the module serves that too. */
  readonly keepingUrl: string;

  private constructor(child: ChildProcess, { url, keepingUrl = url }: Started) {
    this.#process = child;
    this.url = url;
    this.keepingUrl = keepingUrl;
  }

  /** @param module relative to this folder; it sends `{url}`, and maybe `keepingUrl`, once it answers */
  static async start(module: string, argument: string): Promise<BenchServer> {
    const execArgv = ['--import', 'tsx', '--import', endWithParent];
    const child = fork(new URL(module, import.meta.url), [argument], { execArgv });
    const [message] = await Promise.race([
      once(child, 'message') as Promise<[Started]>,
      once(child, 'exit').then(() => Promise.reject(new Error(`${module} exited before it was ready`))),
    ]);
    return new BenchServer(child, message);
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
