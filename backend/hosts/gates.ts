/**
 * The agentless waits of a host. Without `GATES_KEY`, a server that keeps its own data makes a key beside it,
 * readable by its owner alone; a host on a cluster answers evaluations and registers nothing.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { KustoClient } from '../../kusto/client/client.ts';
import type { Config } from '../config.ts';
import type { GatesConfig } from '../gates/config.ts';
import { type Gates, serveGates } from '../gates/gates.ts';
import { sealKeyBytes } from '../gates/registration-seal.ts';

export interface HostGatesOptions {
  readonly config: GatesConfig;
  readonly data: Config['data'];
  readonly kusto: KustoClient;
  /** False where the host calls `watch`. */
  readonly inBackground: boolean;
}

/** Adds the gates; to be called before `app` listens. */
export function openHostGates(
  app: FastifyInstance,
  { config, data, kusto, inBackground }: HostGatesOptions,
): Gates {
  const key = config.key ?? (data.kind === 'embedded' ? keyIn(data.folder) : undefined);
  if (!key) return serveGates(app, { kusto, rights: app.rights });
  const { callbackHosts, caps } = config;
  return serveGates(app, { kusto, rights: app.rights, waits: { key, callbackHosts, caps, inBackground } });
}

/** The key of a data folder, made when there is none. */
function keyIn(folder: string): Buffer {
  const file = join(folder, 'gates.key');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(sealKeyBytes).toString('base64'), { flag: 'wx', mode: 0o600 });
  }
  return Buffer.from(readFileSync(file, 'utf8'), 'base64');
}
