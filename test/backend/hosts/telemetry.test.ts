/** The server as a process: what it has told by its end, and what it loads for that. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { programArguments } from '../../support/program.ts';
import { startApplicationInsights } from '../../support/telemetry/application-insights.ts';
import { startCollector } from '../../support/telemetry/collector.ts';

const b2d =
  '/b2d/deployments?adoOrganizationName=o&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=1';

let kusto: KustoProxy;
beforeAll(async () => {
  kusto = await startKustoProxy(undefined, answerOf(['Found'], [[false]]));
});
afterAll(() => kusto.close());

/** Starts a server, sends it one request, ends it, and gives what it wrote to standard error. */
async function serveOneRequest(settings: Readonly<Record<string, string>>): Promise<string> {
  const server = spawn(
    process.execPath,
    [
      '--import',
      './test/support/telemetry/loaded-modules.mjs',
      ...programArguments('backend/hosts/server.ts'),
    ],
    {
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        KUSTO_CLUSTER: kusto.url,
        KUSTO_DATABASE: 'D',
        MAX_EVENT_LOOP_DELAY_MS: '0',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const errors = text(server.stderr);
  const exit = once(server, 'exit');
  for await (const line of createInterface(server.stdout)) {
    const url = /^API\s+(http:\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    await fetch(url + b2d);
    server.kill('SIGTERM');
  }
  expect(await exit).toEqual([0, null]);
  return errors;
}

it('loads nothing of OpenTelemetry where there is nowhere to send telemetry', async () => {
  expect(await serveOneRequest({ LOG_LEVEL: 'silent' })).toBe('OpenTelemetry was not loaded\n');
});

it('sends what there is to a collector before it ends', async () => {
  const collector = await startCollector();
  const errors = await serveOneRequest({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  expect(errors).toBe('OpenTelemetry was loaded\n');
  expect(collector.spans.map(({ name }) => name).sort()).toEqual([
    'GET /b2d/deployments',
    'query GetBuild2Deployment_v1',
  ]);
  expect(collector.logs.filter(({ eventName }) => eventName === 'deployments.access')).toHaveLength(1);
  expect(collector.logs.map(({ body }) => body)).toContain('request');
  expect(collector.points('deployments.api.results')).toEqual([
    expect.objectContaining({
      attributes: { 'deployments.api': 'b2d', 'deployments.client': 'anyone', 'deployments.result': 'none' },
      value: 1,
    }),
  ]);
  await collector.close();
});

it('sends it to Azure Monitor where that is what the settings name', async () => {
  const insights = await startApplicationInsights();
  await serveOneRequest({
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.connectionString,
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
  });
  const ofKind = (kind: string): string[] =>
    insights.envelopes.filter((envelope) => envelope.kind === kind).map((envelope) => envelope.text);
  expect(ofKind('Request').join()).toContain('GET /b2d/deployments');
  expect(ofKind('RemoteDependency').join()).toContain('GetBuild2Deployment_v1');
  expect(ofKind('Metric').join()).toContain('deployments.api.results');
  const messages = [...ofKind('Message'), ...ofKind('Event')].join();
  expect(messages).toContain('deployments.caller.id');
  await insights.close();
});
