/** The API on the embedded engine with a folder, without caching and with what it keeps, in its own process. */
import { buildApp } from '../../backend/app.ts';
import { readConfig } from '../../backend/config.ts';
import { openKusto } from '../../kusto/client/client.ts';
import { DEFAULT_DATABASE, startEngine } from '../../kusto/engine/engine.ts';

const [folder = ''] = process.argv.slice(2);
const settings = {
  // Its output is the benchmark's, which may be JSON.
  LOG_LEVEL: 'silent',
  // What takes long is measured, not cut off.
  REQUEST_DEADLINE_MS: '60000',
};
const config = readConfig({
  ...settings,
  B2D_CACHE_SECONDS: '0',
  D2B_CACHE_SECONDS: '0',
  P2B_CACHE_SECONDS: '0',
  INTROSPECTION_CACHE_SECONDS: '0',
  STALE_LIMIT_SECONDS: '0',
});
const engine = await startEngine({ dataDir: folder, port: 0 });
const kusto = openKusto({
  cluster: engine.url,
  database: DEFAULT_DATABASE,
  auth: { mode: 'none' },
  maxRequests: config.data.kind === 'embedded' ? config.data.maxRequests : 32,
});
const app = buildApp(config, kusto);
const keeping = buildApp(readConfig({ ...settings, INTROSPECTION_CACHE_SECONDS: '60' }), kusto);
process.send?.({
  url: await app.listen({ host: '127.0.0.1', port: 0 }),
  keepingUrl: await keeping.listen({ host: '127.0.0.1', port: 0 }),
});
process.on('message', () => process.send?.({ residentBytes: process.memoryUsage().rss }));
