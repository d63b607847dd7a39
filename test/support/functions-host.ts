/**
 * Plays the Azure Functions host in a process of its own (the app's `inject` needs modules that jest cannot
 * load on Node 20): each line of standard input is a request, each line of standard output its response.
 */
import { createInterface } from 'node:readline';
import functions from '@azure/functions';
import { buildApp } from '../../backend/app.ts';
import { readConfig } from '../../backend/config.ts';
import { handlerOf } from '../../backend/hosts/functions-adapter.ts';
import { connectKusto } from '../../backend/kusto.ts';

const config = readConfig(process.env);
if (config.data.kind !== 'cluster') throw new Error('KUSTO_CLUSTER is missing');
const kusto = connectKusto(config.data.kusto);
const app = buildApp(config, kusto);
const handler = handlerOf(app);

for await (const line of createInterface(process.stdin)) {
  const response = await handler(
    new functions.HttpRequest(JSON.parse(line)),
    new functions.InvocationContext({ functionName: 'p2b' }),
  );
  const { status, headers, body } = response;
  const text = body === undefined ? undefined : String(body);
  process.stdout.write(`${JSON.stringify({ status, headers, body: text })}\n`);
}
await app.close();
kusto.close();
