/**
 * The process behind a lane (`reader`, or `writer` with the bytes that a file may grow to): answers one request
 * after another until its parent lets go of it. It ignores
 * the terminal's Ctrl+C, which reaches it too: its parent decides when the last write is done.
 */
import { Worker } from 'node:worker_threads';
import { KqlError } from '../errors.ts';
import { EngineError } from './engine-error.ts';
import type { LaneReply } from './lane.ts';
import { Reader } from './reader.ts';
import type { ReadRequest, WriteRequest } from './steps.ts';
import { type OpenRequest, Writer } from './writer.ts';

process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

// A long query keeps this thread from noticing that its parent was killed; another thread looks for it.
const watch = `
  const { ppid } = process;
  setInterval(() => { if (process.ppid !== ppid) process.kill(process.pid, 'SIGKILL'); }, 1000);`;
new Worker(watch, { eval: true, execArgv: [] }).unref();

const [, , role, mostBytes] = process.argv;
if (role === 'writer') {
  const writer = new Writer(Number(mostBytes));
  process.on('message', (request: OpenRequest | WriteRequest) => {
    answer(() => writer.handle(request));
  });
  process.on('disconnect', () => {
    writer.close();
    process.exit();
  });
} else {
  const reader = new Reader();
  process.on('message', (request: ReadRequest) => answer(() => reader.read(request)));
  process.on('disconnect', () => process.exit());
}

function answer(work: () => unknown): void {
  let reply: LaneReply;
  try {
    reply = { ok: true, value: work() };
  } catch (error) {
    reply = replyTo(error);
  }
  if (process.connected) process.send?.(reply);
}

function replyTo(error: unknown): LaneReply {
  if (error instanceof KqlError)
    return { ok: false, kind: 'request', message: error.message, code: error.code };
  const kind = error instanceof EngineError ? error.kind : 'fault';
  return { ok: false, kind, message: error instanceof Error ? error.message : String(error) };
}
