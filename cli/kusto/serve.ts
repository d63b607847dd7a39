/** `kusto serveKusto`. */
import { once } from 'node:events';
import { startEngine } from '../../kusto/engine/engine.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

interface ServeOptions {
  readonly port: number;
  readonly data: string;
  /** MiB. */
  readonly maxSize?: number;
}

/** Runs the embedded engine until the command is interrupted, which counts as success. */
export async function serveKusto(
  { port, data, maxSize }: ServeOptions,
  { out, signal }: Context,
): Promise<ExitCode> {
  const engine = await startEngine({
    port,
    dataDir: data,
    ...(maxSize === undefined ? {} : { mostBytes: maxSize * 2 ** 20 }),
  });
  out(`Kusto engine at ${engine.url}, data in ${data}`);
  if (!signal.aborted) await once(signal, 'abort');
  await engine.close();
  return exitCodes.success;
}
