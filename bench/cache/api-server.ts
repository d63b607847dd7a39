/** The API over a Kusto that its parent plays, in a process of its own; it tells its address and its processor time. */
import { buildApp } from '../../backend/app.ts';
import { readConfig } from '../../backend/config.ts';
import { openKusto } from '../../kusto/client/client.ts';
import { answerParent } from './child.ts';

const [kustoUrl = '', settings = '{}'] = process.argv.slice(2);
const config = readConfig({
  ...JSON.parse(settings),
  KUSTO_CLUSTER: kustoUrl,
  KUSTO_DATABASE: 'D',
  LOG_LEVEL: 'error',
  PORT: '0',
});
if (config.data.kind !== 'cluster') throw new TypeError('KUSTO_CLUSTER was not taken');
const app = buildApp(config, openKusto(config.data.kusto));
answerParent(await app.listen({ host: '127.0.0.1', port: 0 }));
