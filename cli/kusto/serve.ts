/** `kusto serve`. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AllowedCluster,
  AllowedClusterError,
  allowedClusters,
} from '../../kusto/engine/remote/allowed-clusters.ts';
import { EngineStartError, type EngineStartProblem } from '../../kusto/engine/start-error.ts';
import { readHolder } from '../../kusto/engine/store/holder.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, usageError } from '../exit-codes.ts';

interface ServeOptions {
  readonly port: number;
  readonly dataDir?: string;
  /** Keep the data in a folder that is removed at the end. */
  readonly memory?: true;
  /** MiB. */
  readonly maxSize?: number;
  /** URLs or data folders of engines that queries may read. */
  readonly allowCluster?: readonly string[];
  /** False serves clients that cannot send a token. */
  readonly token: boolean;
}

/** Runs the embedded engine until the command is interrupted, which counts as success. @throws CommandError */
export async function serveKusto(options: ServeOptions, context: Context): Promise<ExitCode> {
  const { dataDir, memory } = options;
  if ((dataDir === undefined) === (memory === undefined))
    throw usageError("give either '--data-dir <folder>' or '--memory'");
  if (dataDir !== undefined) return serveFolder(dataDir, `data in ${dataDir}`, options, context);
  const folder = mkdtempSync(join(tmpdir(), 'deployments-kusto-'));
  try {
    return await serveFolder(folder, 'data is gone when it ends', options, context);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serveFolder(
  dataDir: string,
  whatOfData: string,
  { port, maxSize, allowCluster = [], token: wantsToken }: ServeOptions,
  { out, signal }: Context,
): Promise<ExitCode> {
  const clusters = clustersToRead(allowCluster);
  // Other commands start sooner without it.
  const { startEngine } = await import('../../kusto/engine/engine.ts');
  const token = wantsToken ? randomBytes(32).toString('base64url') : undefined;
  const engine = await startEngine({
    port,
    dataDir,
    allowedClusters: clusters,
    ...(maxSize !== undefined && { mostBytes: maxSize * 2 ** 20 }),
    ...(token !== undefined && { token }),
  }).catch((error: unknown) => {
    throw error instanceof EngineStartError ? usageError(`${error.message}. ${hints[error.problem]}`) : error;
  });
  out.line(`Kusto engine at ${engine.url}, ${whatOfData}`);
  if (token !== undefined) {
    out.line(`Connection string: Data Source=${engine.url};Application Token=${token}`);
    out.line(`Other commands find the token with --data-dir ${dataDir}, in ${join(dataDir, 'engine.json')}`);
  }
  if (!signal.aborted) await once(signal, 'abort');
  await engine.close();
  return exitCodes.success;
}

/** @throws CommandError for what is neither an engine's URL nor its data folder */
function clustersToRead(engines: readonly string[]): AllowedCluster[] {
  const clusters = engines.map((engine): AllowedCluster => {
    if (engine.includes('://')) return { url: engine };
    const { url, token } = readHolder(engine) ?? {};
    if (url === undefined) {
      throw usageError(
        `--allow-cluster ${engine}: expected the URL of an engine, or the data folder of one that runs`,
      );
    }
    return { url, ...(token !== undefined && { token }) };
  });
  try {
    allowedClusters(clusters);
    return clusters;
  } catch (error) {
    throw error instanceof AllowedClusterError ? usageError(`--allow-cluster: ${error.message}`) : error;
  }
}

const hints: Readonly<Record<EngineStartProblem, string>> = {
  folder: 'Choose an empty folder, or one of an engine, with --data-dir.',
  file: 'Or choose another folder with --data-dir.',
  port: 'Choose another with --port; 0 takes a free one.',
  other: 'Try another folder with --data-dir.',
};
