/**
 * The agentless waits of the Node server. Without `GATES_KEY`, a server that keeps its own data makes a key
 * beside it, readable by its owner alone; one on a cluster answers evaluations and registers nothing.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { connectWith } from '../../kusto/client.ts';
import type { Config, KustoConfig } from '../config.ts';
import type { GatesConfig } from '../gates/config.ts';
import { serveGates } from '../gates/gates.ts';
import { sealKeyBytes } from '../gates/sealed-token.ts';
import { connectionString, type Kusto } from '../kusto.ts';

export interface ServerGatesOptions {
  readonly config: GatesConfig;
  readonly data: Config['data'];
  readonly kusto: Kusto;
  readonly kustoConfig: KustoConfig;
}

/** Adds the gates; to be called before `app` listens. What it opens, it closes with `app`. */
export function startServerGates(
  app: FastifyInstance,
  { config, data, kusto, kustoConfig }: ServerGatesOptions,
): void {
  const key = config.key ?? (data.kind === 'embedded' ? keyIn(data.folder) : undefined);
  if (!key) {
    serveGates(app, { kusto });
    return;
  }
  const database = connectWith(connectionString(kustoConfig), kustoConfig.database);
  serveGates(app, { kusto, waits: { database, key, callbackHosts: config.callbackHosts } });
  app.addHook('onClose', async () => database.close());
}

/** The key of a data folder, made when there is none. */
function keyIn(folder: string): Buffer {
  const file = join(folder, 'gates.key');
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(file, randomBytes(sealKeyBytes).toString('base64'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return Buffer.from(readFileSync(file, 'utf8'), 'base64');
}
