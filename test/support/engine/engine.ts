/** The engines that tests start: in this process, in a thread of it, or as a program that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ClientRequestProperties, Client as KustoClient } from 'azure-kusto-data';
import { createEngine, DEFAULT_DATABASE, startEngine } from '../../../kusto/engine/engine.ts';
import type { AllowedCluster } from '../../../kusto/engine/remote/allowed-clusters.ts';
import { programArguments } from '../program.ts';
import { dataFolder } from './data-folder.ts';
import { appliedFolder, demoFolder } from './prepared-folder.ts';

/** What the engine answers to a request that it refuses. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** A running engine; its folder goes when it is closed. */
export interface TestEngine {
  readonly url: string;
  readonly database: string;
  readonly dataDir: string;
  readonly client: KustoClient;
  /** The rows of a query or command, as JSON has them. */
  rows(text: string, options?: Readonly<Record<string, unknown>>): Promise<unknown[][]>;
  /** Why a query or command is refused; fails where it is not. */
  refusal(text: string, options?: Readonly<Record<string, unknown>>): Promise<Refusal>;
  close(): Promise<void>;
}

/** How to start a test's engine. */
export interface TestEngineOptions {
  /**
   * `inline` (the default) starts fast and counts for coverage; `processes` reads and writes in processes of their
   * own, as in production, and `thread` is the whole of production.
   */
  readonly lanes?: 'inline' | 'processes' | 'thread';
  /** What it starts with; nothing unless told. */
  readonly holds?: 'nothing' | 'definitions' | 'demonstration';
  /** A folder of an earlier engine; it then stays. */
  readonly dataDir?: string;
  /** Bytes that a database may grow to. */
  readonly mostBytes?: number;
  /** Other engines that queries may read. */
  readonly allowedClusters?: readonly AllowedCluster[];
  /** What clients have to send. The test's own client then does not get in. */
  readonly token?: string;
}

const folders = { nothing: dataFolder, definitions: appliedFolder, demonstration: demoFolder };

/** Starts an engine on a free port. */
export async function startTestEngine({
  lanes = 'inline',
  holds = 'nothing',
  dataDir,
  mostBytes = Infinity,
  allowedClusters = [],
  token,
}: TestEngineOptions = {}): Promise<TestEngine> {
  const folder = dataDir === undefined ? await folders[holds]() : { path: dataDir, remove: () => undefined };
  const faults: unknown[] = [];
  const options = {
    dataDir: folder.path,
    port: 0,
    mostBytes,
    allowedClusters,
    ...(token !== undefined && { token }),
  };
  const engine =
    lanes === 'thread'
      ? await startEngine(options)
      : await createEngine(options, { lanes, logFault: (error) => faults.push(error) });
  const database = DEFAULT_DATABASE;
  const client = new KustoClient(`Data Source=${engine.url};Initial Catalog=${database}`);
  const execute = (text: string, options: Readonly<Record<string, unknown>>) =>
    client.execute(database, text, new ClientRequestProperties({ ...options }));
  return {
    url: engine.url,
    database,
    dataDir: folder.path,
    client,
    rows: async (text, options = {}) => {
      try {
        const { primaryResults } = await execute(text, options);
        return primaryResults[0]?._rows ?? [];
      } catch (error) {
        throw new Error(`${text}\n${JSON.stringify(refusalOf(error))} ${faults.splice(0).join('\n')}`);
      }
    },
    refusal: async (text, options = {}) => {
      const answered = await execute(text, options).catch((error: unknown) => refusalOf(error));
      if ('status' in answered) return answered;
      throw new Error(`Not refused: ${text}`);
    },
    close: async () => {
      client.close();
      await engine.close();
      folder.remove();
    },
  };
}

interface HttpFailure {
  readonly response?: {
    readonly status: number;
    readonly data: { readonly error?: { readonly code: string; readonly '@message': string } };
  };
}

function refusalOf(error: unknown): Refusal {
  const { response } = error as HttpFailure;
  if (!response) throw error;
  return {
    status: response.status,
    code: response.data.error?.code ?? '',
    message: response.data.error?.['@message'] ?? '',
  };
}

export interface ServedEngine {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it as nobody expects it: kill -9. */
  kill(): Promise<void>;
}

/**
 * Starts `kusto serve`, and waits until it answers.
 *
 * @param options further ones of the command; they come after those for any free port and for no token
 */
export async function serveEngine(data: string, options: readonly string[] = []): Promise<ServedEngine> {
  const command = [
    ...programArguments('cli/kusto.ts'),
    'serve',
    '--port',
    '0',
    '--no-token',
    '--data',
    data,
    ...options,
  ];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(() => ['']),
  ]);
  const url = /http:\/\/\S+?(?=,|$)/.exec(String(line))?.[0];
  if (!url) throw new Error(`kusto serve did not start: ${line}`);
  return {
    url,
    process: child,
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
