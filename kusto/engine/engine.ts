/**
 * The embedded Kusto engine: an HTTP server on loopback that any Kusto client can talk to, over SQLite
 * files in a folder. `startEngine` runs it in a thread of its own, `createEngine` in the caller's.
 */
import { once } from 'node:events';
import { listeningProblem } from '../../net/listening.ts';
import { DEFAULT_DATABASE } from './catalog.ts';
import { type AllowedCluster, allowedClusters } from './remote/allowed-clusters.ts';
import { Remotes } from './remote/remotes.ts';
import { EngineStartError, type EngineStartProblem } from './start-error.ts';
import { DatabaseFolder } from './store/folder.ts';
import { type LogFault, serveEngine } from './wire/server.ts';
import { startWorker } from './worker.ts';

export { DEFAULT_DATABASE };

/** How to start an engine. */
export interface EngineOptions {
  /** Folder of the databases' files, for this engine alone; created where it is missing. */
  readonly dataDir: string;
  /** Port on 127.0.0.1; 0 takes any free one. */
  readonly port: number;
  /** Databases to create where they are missing; `NetDefaultDB` always is. */
  readonly databases?: readonly string[];
  /** Bytes that each database's file may grow to; a write beyond them is refused as on a full disk. */
  readonly mostBytes?: number;
  /** What clients have to send as their bearer token; without one, every process of this machine may ask. */
  readonly token?: string;
  /** Other engines on this machine that queries may read; none unless given. */
  readonly allowedClusters?: readonly AllowedCluster[];
}

/** A running engine. */
export interface Engine {
  /** Where it answers, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Lets what runs end, and closes the files. */
  close(): Promise<void>;
}

/** A message from the engine's thread: first whether it listens, at the end that it has closed. */
export type FromThread =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'failed'; readonly problem: EngineStartProblem; readonly reason: string }
  | { readonly kind: 'closed' };

/** A message to the engine's thread. */
export interface ToThread {
  readonly kind: 'close';
}

/** Starts an engine in a thread of its own, and waits until it answers. @throws EngineStartError */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const thread = startWorker('./thread', import.meta.url, { workerData: options });
  const first = await Promise.race([
    once(thread, 'message').then(([message]): FromThread => message),
    once(thread, 'exit').then((): FromThread => ({ kind: 'closed' })),
  ]);
  if (first.kind === 'failed') throw new EngineStartError(first.problem, first.reason);
  if (first.kind === 'closed') throw new EngineStartError('other', 'The thread of the engine ended');
  return {
    url: first.url,
    close: async () => {
      const exited = once(thread, 'exit');
      thread.postMessage({ kind: 'close' } satisfies ToThread);
      await exited;
    },
  };
}

/**
 * Starts an engine in this thread.
 *
 * @param lanes `inline` also keeps reading and writing in this thread: timeouts do not hold then
 * @throws EngineStartError
 */
export async function createEngine(
  { dataDir, port, databases = [], mostBytes, token, allowedClusters: others = [] }: EngineOptions,
  {
    lanes = 'processes',
    logFault = logToStderr,
  }: { lanes?: 'processes' | 'inline'; logFault?: LogFault } = {},
): Promise<Engine> {
  const clusters = allowedClusters(others);
  const folder = await DatabaseFolder.open({
    dataDir,
    databases: [DEFAULT_DATABASE, ...databases],
    lanes,
    ...(mostBytes === undefined ? {} : { mostBytes }),
    ...(clusters.size > 0 && { remotes: new Remotes(clusters) }),
  });
  try {
    const server = await serveEngine(folder, { port, token, logFault });
    folder.announce(server.url, token);
    return {
      url: server.url,
      close: async () => {
        await server.close();
        await folder.close();
      },
    };
  } catch (error) {
    await folder.close();
    const problem = listeningProblem(error, port);
    throw problem === undefined ? error : new EngineStartError('port', problem);
  }
}

const logToStderr: LogFault = (error, { activityId }) => {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`kusto engine: request ${activityId} failed: ${detail}\n`);
};
