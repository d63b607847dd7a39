/**
 * The process behind a lane (`reader`, or `writer` with the bytes that a file may grow to): does one task after
 * another until its parent lets go of it. It ignores the terminal's Ctrl+C, which reaches it too: its parent
 * decides when the last write is done.
 */
import { Worker } from 'node:worker_threads';
import { type ReaderTask, replyTo, type WriterTask } from './messages.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

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
  process.on('message', (task: WriterTask) => reply(() => writer.handle(task)));
  process.on('disconnect', () => {
    writer.close();
    process.exit();
  });
} else {
  const reader = new Reader();
  process.on('message', (task: ReaderTask) => reply(() => reader.read(task)));
  process.on('disconnect', () => process.exit());
}

/** A parent that is gone by now, which `disconnect` will tell, has no use for the reply. */
function reply(work: () => unknown): void {
  const message = replyTo(work);
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}
