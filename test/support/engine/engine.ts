/** An engine on a temporary folder, with a client of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientRequestProperties, Client as KustoClient } from 'azure-kusto-data';
import { createEngine } from '../../../kusto/engine/engine.ts';

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
  /** `inline` (the default) starts fast and counts for coverage; `processes` is as in production. */
  readonly lanes?: 'inline' | 'processes';
  /** A folder of an earlier engine; it then stays. */
  readonly dataDir?: string;
  /** Bytes that a database may grow to. */
  readonly mostBytes?: number;
}

/** Starts an engine on a free port. */
export async function startTestEngine({
  lanes = 'inline',
  dataDir,
  mostBytes = Infinity,
}: TestEngineOptions = {}): Promise<TestEngine> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'kusto-engine-'));
  const faults: unknown[] = [];
  const engine = await createEngine(
    { dataDir: folder, port: 0, mostBytes },
    { lanes, logFault: (error) => faults.push(error) },
  );
  const database = 'NetDefaultDB';
  const client = new KustoClient(`Data Source=${engine.url};Initial Catalog=${database}`);
  const execute = (text: string, options: Readonly<Record<string, unknown>>) =>
    client.execute(database, text, new ClientRequestProperties({ ...options }));
  return {
    url: engine.url,
    database,
    dataDir: folder,
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
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
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
