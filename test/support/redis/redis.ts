/** A real redis-server on a free port of loopback, without files, that can be killed, frozen and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createClient } from '@redis/client';
import { freePort } from '../free-port.ts';

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Runs a command from outside, such as `['CONFIG', 'SET', 'maxmemory', '1mb']`. */
  command(words: readonly string[]): Promise<unknown>;
  /** Ends it as nobody expects it: kill -9. What it held is lost. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** Starts a server; it answers when this returns. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const redis: TestRedis = {
    url,
    port,
    async command(words) {
      const client = createClient({ url });
      await client.connect();
      try {
        return await client.sendCommand([...words]);
      } finally {
        client.destroy();
      }
    },
    kill,
    async start() {
      const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
      child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
      await saying(child, 'Ready to accept connections');
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    close: kill,
  };
  await redis.start();
  return redis;
}

function saying(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`redis-server ended with code ${code}`)));
    child.stdout?.on('data', (text: Buffer) => {
      if (text.toString().includes(words)) resolve();
    });
  });
}
