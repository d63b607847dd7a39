import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import type { DataConfig } from '../../../backend/config.ts';
import { readGatesConfig } from '../../../backend/gates/config.ts';
import type { Gates } from '../../../backend/gates/gates.ts';
import { openHostGates } from '../../../backend/hosts/gates.ts';
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import { SettingsReader } from '../../../settings/reader.ts';
import { dataFolder } from '../../support/engine/data-folder.ts';

const connection = {
  cluster: 'http://127.0.0.1:1',
  database: 'D',
  auth: { mode: 'none' },
  port: 0,
  maxRequests: 1,
} as const;
const cluster: DataConfig = { kind: 'cluster', kusto: connection };
let kusto: KustoClient;
let apps: FastifyInstance[];

beforeEach(() => {
  apps = [];
  kusto = openKusto(connection);
});
afterEach(async () => {
  for (const app of apps) await app.close();
  kusto.close();
});

function open(data: DataConfig, settings: Readonly<Record<string, string>> = {}): Gates {
  const reader = new SettingsReader(settings);
  const config = readGatesConfig(reader);
  reader.throwIfWrong();
  const app = fastify();
  apps.push(app);
  return openHostGates(app, { config, data, kusto, inBackground: false });
}

describe('the gates of a host', () => {
  it('register waits on a cluster only with a key', () => {
    expect(open(cluster).watch).toBeUndefined();
    expect(open(cluster, { GATES_KEY: Buffer.alloc(32, 7).toString('base64') }).watch).toBeDefined();
  });

  it('make a key beside data of their own, once and for the owner alone', () => {
    const folder = dataFolder();
    const file = join(folder.path, 'gates.key');
    const data: DataConfig = {
      kind: 'embedded',
      folder: folder.path,
      port: 0,
      maxRequests: 1,
      callerShare: 1,
    };
    expect(open(data).watch).toBeDefined();
    const key = readFileSync(file, 'utf8');
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    open(data);
    expect(readFileSync(file, 'utf8')).toBe(key);
    folder.remove();
  });
});
