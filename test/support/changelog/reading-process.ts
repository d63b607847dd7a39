/** Processes that read the changelog's queue (process.ts), which a test can kill at any moment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import type { QueueNotice } from '../../../changelog/intake/queue-inlet.ts';
import { programArguments } from '../program.ts';

export interface ReadingProcess {
  /** What its inlet has told so far. */
  readonly notices: readonly QueueNotice[];
  /** Ends it as nobody expects it: kill -9. */
  kill(): Promise<void>;
}

export interface ReadingOptions {
  readonly kustoUrl: string;
  /** Connection string of the storage account. */
  readonly storage: string;
  readonly queueName: string;
}

/** Starts one, and waits until it reads. */
export async function startReadingProcess({
  kustoUrl,
  storage,
  queueName,
}: ReadingOptions): Promise<ReadingProcess> {
  const child = spawn(process.execPath, programArguments('test/support/changelog/process.ts'), {
    env: { ...process.env, KUSTO_URL: kustoUrl, QUEUE_STORAGE: storage, QUEUE_NAME: queueName },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const notices: QueueNotice[] = [];
  const lines = createInterface(child.stdout);
  await once(lines, 'line');
  lines.on('line', (line) => notices.push(JSON.parse(line)));
  return {
    notices,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
