/**
 * The Functions app as the host sees it: its entry point in a worker, between real queue, engine and clients. The
 * changelog and the gates run from their packages.
 */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { QueueClient } from '@azure/storage-queue';
import { apiPaths } from '../../../api/paths.ts';
import { PoisonQueue, poisonQueueName } from '../../../changelog/intake/poison-queue.ts';
import { packageFunctions } from '../../../scripts/package/functions.ts';
import type { FunctionsApp } from '../../../scripts/package/functions-apps.ts';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../../support/azure-devops/azure-devops.ts';
import { type PlanServer, startPlanServer } from '../../support/azure-devops/plan-server.ts';
import { aBuild, aRun } from '../../support/azure-devops/records.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { project, runEvent, stageEvent } from '../../support/changelog/events.ts';
import { type DataLayer, databaseName, startDataLayer } from '../../support/engine/data-layer.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { tellRollouts } from '../../support/engine/rollouts.ts';
import { type FunctionsHost, startFunctionsHost } from '../../support/functions/host.ts';
import { programArguments } from '../../support/program.ts';
import { until } from '../../support/until.ts';

const secret = 'correct horse battery staple';
const queueName = 'hooks';

describe('the lookups', () => {
  let kusto: KustoProxy;
  let host: FunctionsHost;

  beforeAll(async () => {
    kusto = await startKustoProxy(
      undefined,
      answerOf(['Found', 'Id', 'Url', 'Payload'], [[true, '7', 'https://example.com/7', 'a=b']]),
    );
    host = await startFunctionsHost({ KUSTO_CLUSTER: kusto.url, KUSTO_DATABASE: 'D', APIS: 'd2b,p2b' });
  });
  afterAll(async () => {
    await host.terminate();
    await kusto.close();
  });

  it('have a function for each API that is served, and for the probes and the documentation', () => {
    expect([...host.triggers.keys()]).toEqual(['d2b', 'p2b', 'health', 'docs', 'openapi']);
  });

  it('answer as the server does', async () => {
    const answer = await host.http('/p2b/builds?deploymentSource=pilotfish&payload=A%3Db');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.body)).toMatchObject({ Payload: 'a=b', Builds: [{ Id: '7' }] });
  });

  it('get the query string as it was sent', async () => {
    const answer = await host.http('/p2b/builds?deploymentSource=pilotfish&payload=%FF');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ details: [{ target: 'payload' }] });
  });

  it('pass headers on, but none that speak about a connection', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const headers = {
      traceparent: `00-${trace}-b7ad6b7169203331-01`,
      connection: 'close',
      'transfer-encoding': 'chunked',
    };
    const answer = await host.http('/health/live', { headers });
    expect(answer.headers['x-trace-id']).toBe(trace);
    expect(Object.keys(answer.headers)).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^(?:connection|keep-alive|transfer-encoding|content-length)$/),
      ]),
    );
  });

  it('are described, in the contract and on a page', async () => {
    const { paths } = JSON.parse((await host.http('/openapi.json')).body);
    expect(Object.keys(paths)).toEqual([...apiPaths.d2b, ...apiPaths.p2b, '/health/live', '/health/ready']);
    const answers = await Promise.all(['/docs', '/docs/swagger-ui-bundle.js'].map((path) => host.http(path)));
    expect(answers.map(({ status, headers }) => [status, headers['content-type']])).toEqual([
      [200, 'text/html; charset=utf-8'],
      [200, 'text/javascript; charset=utf-8'],
    ]);
  });

  it('answer 304 without a body', async () => {
    const path = '/p2b/builds?deploymentSource=pilotfish&payload=a%3Db';
    const etag = (await host.http(path)).headers.etag ?? '';
    const answer = await host.http(path, { headers: { 'if-none-match': etag } });
    expect(answer).toMatchObject({ status: 304, body: '' });
  });
});

describe('the mapping jobs', () => {
  it('run where APIS names them, without a changelog', async () => {
    const layer = await startDataLayer();
    const host = await startFunctionsHost({
      KUSTO_CLUSTER: layer.url,
      KUSTO_DATABASE: databaseName,
      APIS: 'jobs',
    });
    expect([...host.triggers.keys()]).toEqual(['health', 'docs', 'openapi', 'mappingJobs']);
    await host.timer('mappingJobs');
    expect((await layer.database.query('JobWindow | count'))[0]?.Count).toBeGreaterThan(0);
    await host.terminate();
    await layer.stop();
  });
});

describe('the changelog and the gates, as packaged', () => {
  let packages: string;
  let layer: DataLayer;
  let azurite: Azurite;
  let devOps: AzureDevOpsStandIn;
  let plans: PlanServer;
  let queue: QueueClient;
  let settings: Record<string, string>;
  let host: FunctionsHost;
  let gates: FunctionsHost;

  const startPackage = (name: FunctionsApp, more: Readonly<Record<string, string>> = {}) =>
    startFunctionsHost({ ...settings, ...more }, join(packages, name, 'main.js'));

  beforeAll(async () => {
    [layer, azurite, devOps, plans] = await Promise.all([
      startDataLayer(),
      startAzurite(),
      startAzureDevOps(),
      startPlanServer(),
    ]);
    queue = azurite.service.getQueueClient(queueName);
    settings = {
      KUSTO_CLUSTER: layer.url,
      KUSTO_DATABASE: databaseName,
      CHANGELOG_SECRET: secret,
      CHANGELOG_STORAGE: azurite.connectionString,
      CHANGELOG_QUEUE: queueName,
      CHANGELOG_RECONCILE: devOps.url,
      CHANGELOG_MAPPING_MS: '100',
      AZURE_DEVOPS_TOKEN: devOps.token,
      GATES_KEY: randomBytes(32).toString('base64'),
      GATES_CALLBACK_HOSTS: '127.0.0.1',
    };
    packages = mkdtempSync(join(tmpdir(), 'functions-'));
    await packageFunctions(packages);
    [host, gates] = await Promise.all([startPackage('changelog'), startPackage('gates')]);
  });
  afterAll(async () => {
    await Promise.all([host.terminate(), gates.terminate()]);
    rmSync(packages, { recursive: true, force: true });
    await Promise.all([plans.close(), devOps.close(), azurite.close(), layer.stop()]);
  });

  const post = (body: string | Uint8Array, path = '/hooks/v1/events') =>
    host.http(path, { method: 'POST', body, headers: { 'x-changelog-secret': secret } });

  /** Everything on the queue, which is empty afterwards. */
  async function takeMessages(): Promise<string[]> {
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
    for (const { messageId, popReceipt } of receivedMessageItems) {
      await queue.deleteMessage(messageId, popReceipt);
    }
    return receivedMessageItems.map(({ messageText }) => messageText);
  }

  const rows = async (query: string): Promise<unknown[]> => [...(await layer.database.query(query))];

  const reading = ['GET', 'HEAD', 'OPTIONS'];
  const always = [
    ['health', 'httpTrigger', 'health/{*rest}', reading],
    ['docs', 'httpTrigger', 'docs/{*rest}', reading],
    ['openapi', 'httpTrigger', 'openapi.json', reading],
  ];

  it('have a function for each trigger', () => {
    const kindsOf = ({ triggers }: FunctionsHost) =>
      [...triggers].map(([name, { type, schedule, route, methods }]) => [
        name,
        type,
        schedule ?? route ?? queueName,
        methods,
      ]);
    expect(kindsOf(gates)).toEqual([
      ...always,
      ['gates', 'httpTrigger', 'gates/{*rest}', [...reading, 'POST', 'DELETE']],
      ['gateWaits', 'timerTrigger', '*/15 * * * * *', undefined],
    ]);
    expect(kindsOf(host)).toEqual([
      ...always,
      ['hooks', 'httpTrigger', 'hooks/{*rest}', [...reading, 'POST']],
      ['events', 'queueTrigger', queueName, undefined],
      ['artifacts', 'timerTrigger', '20 * * * * *', undefined],
      ['environments', 'timerTrigger', '40 * * * * *', undefined],
      ['reconcile', 'timerTrigger', '0 */15 * * * *', undefined],
      ['mappingJobs', 'timerTrigger', '*/30 * * * * *', undefined],
    ]);
  });

  it('are described: gates, webhook and probes', async () => {
    const pathsOf = async (app: FunctionsHost) =>
      Object.keys(JSON.parse((await app.http('/openapi.json')).body).paths);
    expect(await pathsOf(gates)).toEqual([
      '/gates/v1/evaluations',
      '/gates/v1/waits',
      '/gates/v1/waits/{planId}/{jobId}/{taskId}',
      '/gates/v1/connection',
      '/health/live',
      '/health/ready',
    ]);
    expect(await pathsOf(host)).toEqual(['/hooks/v1/events', '/health/live', '/health/ready']);
  });

  it('put what the webhook gets on the queue, byte for byte', async () => {
    const json = ' {"name":"Zoë <🚀>", "big": 12345678901234567890 } ';
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x0d, 0x0a]);
    expect([(await post(json)).status, (await post(bytes)).status]).toEqual([202, 202]);
    expect((await takeMessages()).sort()).toEqual([json, bytes.toString('base64')].sort());
  });

  it('refuse a webhook without the secret, and a body that is too large', async () => {
    const strange = await host.http('/hooks/v1/events', { method: 'POST', body: '{}' });
    const large = await post(Buffer.alloc(1024 * 1024 + 1, 0x20));
    expect([strange.status, large.status]).toEqual([401, 413]);
    expect(await takeMessages()).toEqual([]);
  });

  it('commit what is on the queue, and give what is bad to the poison queue with its reason', async () => {
    await post(JSON.stringify(runEvent({ runId: 4711 })));
    await queue.sendMessage(Buffer.from(JSON.stringify(runEvent({ runId: 4712 }))).toString('base64'));
    await queue.sendMessage('{ "half": ');
    expect(await host.deliver('events')).toBe(2);
    expect(await rows('RunEvent | project RunId | order by RunId asc')).toEqual([
      { RunId: 4711 },
      { RunId: 4712 },
    ]);
    for (const done of [0, 0, 0, 1]) expect(await host.deliver('events')).toBe(done);
    const poison = new PoisonQueue(queue, azurite.service.getQueueClient(poisonQueueName(queueName)));
    expect(await poison.list()).toEqual([
      expect.objectContaining({
        reason: 'The message is neither JSON nor base64 of it',
        tries: 5,
        body: '{ "half": ',
      }),
    ]);
  });

  it('make a deployment of a stage without anything else', async () => {
    const stage = stageEvent({ runId: 4800, stageName: 'deploy_production' });
    await queue.sendMessage(JSON.stringify(stage));
    await host.deliver('events');
    const deployment = async () => {
      const [row] = await layer.build2Deployment({ organization: 'fabrikam', project, id: 4800 });
      return row?.DeploymentId ? row : undefined;
    };
    await until(deployment);
    expect(await deployment()).toMatchObject({ Source: 'azurepipelines' });
  });

  it('fetch what was lost, read artifacts and map, each by its timer', async () => {
    const webshop = devOps.addProject('webshop');
    const build = aBuild(webshop, { id: 1, finishTime: new Date(Date.now() - 60_000).toISOString() });
    webshop.builds.push(build);
    webshop.runs.set(1, aRun(build));
    webshop.artifacts.set(1, [{ name: 'drop', resource: { data: '\\\\drops\\webshop\\1' } }]);
    await host.timer('reconcile');
    const ofBuild = `where ProjectId == '${webshop.id}'`;
    expect(await rows(`BuildState | ${ofBuild} | project BuildId, State`)).toEqual([
      { BuildId: 1, State: 'completed' },
    ]);
    await host.timer('artifacts');
    expect(await rows(`BuildArtifact | ${ofBuild} | distinct ResourceData`)).toEqual([
      { ResourceData: '\\\\drops\\webshop\\1' },
    ]);
    await host.timer('mappingJobs');
    expect(await rows('JobWindow | summarize Jobs = dcount(Job)')).toEqual([{ Jobs: 16 }]);
  });

  it('watch registered waits by a timer', async () => {
    const task = plans.newTask();
    await tellRollouts(layer.database, { organization: 'contoso', project, id: 9001 }, 'succeeded');
    const body = JSON.stringify({
      build: { organization: 'https://dev.azure.com/contoso/', projectId: project, buildId: '9001' },
      criteria: { settle: '0', pollInterval: '1s' },
    });
    const headers = plans.headersOf(task);
    expect((await gates.http('/gates/v1/evaluations', { method: 'POST', headers, body })).body).toContain(
      '"status":"satisfied"',
    );
    expect((await gates.http('/gates/v1/waits', { method: 'POST', headers, body })).status).toBe(202);
    expect(task.completions).toEqual([]);
    await gates.timer('gateWaits');
    expect(task.completions).toEqual(['succeeded']);
    expect(plans.violations).toEqual([]);
  });

  it('commit what they have taken before the host ends them', async () => {
    const ending = await startPackage('changelog', { CHANGELOG_FLUSH_MS: '10000' });
    await queue.sendMessage(JSON.stringify(runEvent({ runId: 4900 })));
    const delivered = ending.deliver('events');
    // Received, and waiting for others to be written with.
    await until(async () => (await queue.peekMessages()).peekedMessageItems.length === 0);
    expect(await rows('RunEvent | where RunId == 4900')).toHaveLength(0);
    expect(await ending.terminate()).toBe(0);
    expect(await delivered).toBe(1);
    expect(await rows('RunEvent | where RunId == 4900')).toHaveLength(1);
  });
});

describe('the entry point', () => {
  const start = async (settings: Record<string, string>): Promise<string> => {
    const child = spawn(process.execPath, programArguments('backend/hosts/functions.ts'), {
      env: { PATH: process.env.PATH, ...settings },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return text(child.stderr);
  };

  it('says everything that is wrong for a Functions app, above all to serve without authentication', async () => {
    const said = await start({ CHANGELOG_STORAGE: 'https://a.queue.core.windows.net' });
    expect(said).toContain('KUSTO_CLUSTER is missing: on Azure Functions the data is in a cluster.');
    expect(said).toContain('AUTH must not be none outside of a development machine.');
    expect(said).toContain('put the URL in CHANGELOG_STORAGE__queueServiceUri instead.');
  });
});
