/** The first answer of an engine in a process of its own: sends how long it took from the start of the engine. */
import { DEFAULT_DATABASE, startEngine } from '../../kusto/engine/engine.ts';

const [folder = '', body = ''] = process.argv.slice(2);
const started = performance.now();
const engine = await startEngine({ dataDir: folder, port: 0 });
const answers = performance.now() - started;
const response = await fetch(`${engine.url}/v2/rest/query`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ db: DEFAULT_DATABASE, ...JSON.parse(body) }),
});
await response.text();
process.send?.({ status: response.status, listening: answers, milliseconds: performance.now() - started });
await engine.close();
process.exit();
