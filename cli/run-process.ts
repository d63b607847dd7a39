/** Runs the `deployments` command as the process that this is. */
import { exitCodes } from './exit-codes.ts';
import { runDeployments } from './program.ts';
import type { OutputStream } from './terminal/capabilities.ts';

/** Runs a command line (without node and script), and sets the exit code of the process. */
export async function runProcess(argv: readonly string[]): Promise<void> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interruption.abort(new Error('interrupted')));
  }
  const out = untilItsReaderLeaves(process.stdout, () =>
    interruption.abort(new Error('the reader has left')),
  );
  const err = untilItsReaderLeaves(process.stderr).stream;
  // The error of a write may arrive when the command is over.
  process.once('exit', () => {
    if (out.isLeft()) process.exitCode = exitCodes.readerLeft;
  });
  process.exitCode = await runDeployments(argv, {
    environment: process.env,
    out: out.stream,
    // Whoever ends a pipe early does not want to hear that the rest was interrupted.
    err: { isTTY: err.isTTY, write: (text) => out.isLeft() || err.write(text) },
    signal: interruption.signal,
  });
}

/**
 * A stream that takes everything and writes nothing any more once its reader has gone, as that of a pipe to `head`
 * does. Without this, the error would end the process with a stack.
 */
function untilItsReaderLeaves(
  stream: NodeJS.WriteStream,
  onLeft: () => void = () => undefined,
): { readonly stream: OutputStream; isLeft(): boolean } {
  let isLeft = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (!isLeft) onLeft();
    isLeft = true;
  });
  return {
    stream: {
      isTTY: stream.isTTY,
      get columns() {
        return stream.columns;
      },
      get rows() {
        return stream.rows;
      },
      write: (text) => isLeft || stream.write(text),
    },
    isLeft: () => isLeft,
  };
}
