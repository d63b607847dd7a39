/** An engine on a temporary folder, with a client of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as KustoClient } from 'azure-kusto-data';
import { createEngine } from '../../kusto/engine/engine.ts';

/** A running engine; its folder goes when it is closed. */
export interface TestEngine {
  readonly url: string;
  readonly database: string;
  readonly dataDir: string;
  readonly client: KustoClient;
  close(): Promise<void>;
}

/**
 * Starts an engine.
 *
 * @param lanes `inline` (the default) starts fast and counts for coverage; `processes` is as in production
 */
export async function startTestEngine({
  lanes = 'inline',
}: {
  lanes?: 'inline' | 'processes';
} = {}): Promise<TestEngine> {
  const dataDir = mkdtempSync(join(tmpdir(), 'kusto-engine-'));
  const engine = await createEngine({ dataDir, port: 0 }, { lanes });
  const database = 'NetDefaultDB';
  const client = new KustoClient(`Data Source=${engine.url};Initial Catalog=${database}`);
  return {
    url: engine.url,
    database,
    dataDir,
    client,
    close: async () => {
      client.close();
      await engine.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
