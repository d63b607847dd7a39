/**
 * A real Azurite on loopback, with an account made for the test. `start` again on the same folder brings back
 * what was on the queues.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueueServiceClient } from '@azure/storage-queue';
import { freePort } from './free-port.ts';

export interface Azurite {
  readonly connectionString: string;
  readonly service: QueueServiceClient;
  /** Goes away with everything that it has acknowledged; killed, it would forget its last seconds. */
  stop(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Ends it for good and removes its data. */
  close(): Promise<void>;
}

/**
 * A request of a test is sent once, so that an Azurite that is away is an error at once; and on a connection of its
 * own, because Azurite closes an idle one after 5 s, in the very moment when a busy test may send on it.
 */
export const sendOnce = { retryOptions: { maxTries: 1 }, keepAliveOptions: { enable: false } };

const executable = createRequire(import.meta.url).resolve('azurite/dist/src/queue/main.js');

/** Starts an Azurite; it is ready when this returns. */
export async function startAzurite(): Promise<Azurite> {
  const folder = await mkdtemp(join(tmpdir(), 'azurite-'));
  const port = await freePort();
  const account = 'testaccount';
  const key = randomBytes(32).toString('base64');
  const endpoint = `http://127.0.0.1:${port}/${account}`;
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};QueueEndpoint=${endpoint};`;
  let child: ChildProcess | undefined;

  const azurite: Azurite = {
    connectionString,
    service: QueueServiceClient.fromConnectionString(connectionString, sendOnce),
    async start() {
      const options = ['--skipApiVersionCheck', '--disableTelemetry', '--silent'];
      child = spawn(
        process.execPath,
        [executable, '--queueHost', '127.0.0.1', '--queuePort', String(port), '-l', folder, ...options],
        {
          env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${key}` },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      await saying(child, 'successfully listens');
    },
    async stop() {
      if (!child) return;
      const saved = saying(child, 'successfully closed');
      child.kill('SIGTERM');
      await saved;
      await kill(child);
    },
    async close() {
      if (child) await kill(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
  await azurite.start();
  return azurite;
}

function saying(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`Azurite ended with code ${code}`)));
    child.stdout?.on('data', (text: Buffer) => {
      if (text.toString().includes(words)) resolve();
    });
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
