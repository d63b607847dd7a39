/** What a collector gets of the requests that a backend answers: traces, metrics, log lines. */
import { createClient } from '../../../api/client.ts';
import { type MetricDeclaration, metrics } from '../../../backend/telemetry/metrics.ts';
import { observeChangelog, observeJobs } from '../../../backend/telemetry/observations.ts';
import { openTelemetry } from '../../../backend/telemetry/open.ts';
import type { Telemetry } from '../../../backend/telemetry/telemetry.ts';
import { openKusto } from '../../../kusto/client/client.ts';
import { buildTestApp } from '../../support/backend.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { type Collector, startCollector } from '../../support/telemetry/collector.ts';
import { telemetryConfigOf } from '../../support/telemetry/config.ts';

const project = 'b32aa71e-8ed2-41b2-9d77-5bc261222004';
const b2d = `/b2d/v1/build2deployments?adoOrganizationName=contoso&adoProjectId=${project}&adoBuildId=`;

let collector: Collector;
let kusto: KustoProxy;
let telemetry: Telemetry;
let api: ReturnType<typeof buildTestApp>;
let url: string;
const { write } = process.stdout;

beforeAll(async () => {
  // Log lines go there too.
  process.stdout.write = () => true;
  collector = await startCollector();
  kusto = await startKustoProxy(undefined, answerOf(['Found', 'DeploymentId'], [[true, 'd']]));
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOG_LEVEL: 'info' };
  const opened = await openTelemetry(telemetryConfigOf(settings));
  if (!opened) throw new Error('There is no telemetry');
  telemetry = opened;
  api = buildTestApp(kusto.url, 'Db', settings, undefined, telemetry);
  url = await api.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  process.stdout.write = write;
  await api.close();
  await telemetry.close();
  await Promise.all([collector.close(), kusto.close()]);
});

/** What was answered to a request, after the collector has what there is about it. */
async function ask(path: string, init?: RequestInit): Promise<Response> {
  const answer = await fetch(url + path, init);
  await answer.text();
  await new Promise(setImmediate);
  await telemetry.flush();
  return answer;
}

const spansOf = (traceId: string | null | undefined) =>
  collector.spans.filter((span) => span.traceId === traceId);

describe('a trace', () => {
  it("leads from the client of a page over the request to Kusto's request id", async () => {
    kusto.forget();
    const sent: (string | null)[] = [];
    const { fetch } = globalThis;
    globalThis.fetch = (input, init) => {
      sent.push(new Request(input, init).headers.get('traceparent'));
      return fetch(input, init);
    };
    const client = createClient({ baseUrl: url });
    const { traceId } = await client.getDeployments({ organization: 'contoso', project, buildId: 1 });
    globalThis.fetch = fetch;
    await new Promise(setImmediate);
    await telemetry.flush();
    const [kustoSpan, request] = spansOf(traceId);
    expect(sent).toEqual([`00-${traceId}-${request?.parentSpanId}-01`]);
    expect(request).toMatchObject({
      name: 'GET /b2d/v1/build2deployments',
      kind: 2,
      parentSpanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/b2d/v1/build2deployments',
        'http.response.status_code': 200,
        'url.path': '/b2d/v1/build2deployments',
        'url.scheme': 'http',
        'server.address': '127.0.0.1',
        'client.address': '127.0.0.1',
      },
    });
    expect(kustoSpan).toMatchObject({
      name: 'query GetBuild2Deployment_v1',
      kind: 3,
      parentSpanId: request?.spanId,
      attributes: {
        'db.system.name': 'azure.kusto',
        'db.namespace': 'Db',
        'db.operation.name': 'query',
        'db.stored_procedure.name': 'GetBuild2Deployment_v1',
        'server.address': '127.0.0.1',
        'deployments.kusto.client_request_id': `Deployments;${traceId}`,
      },
    });
    expect(kusto.asked.map(({ requestId }) => requestId)).toEqual([`Deployments;${traceId}`]);
  });

  it('is new where the caller has none, with the id that the answer names', async () => {
    const answer = await ask(`${b2d}2`);
    const traceId = answer.headers.get('x-trace-id');
    const [kustoSpan, request] = spansOf(traceId);
    expect(request?.parentSpanId).toBeUndefined();
    expect(kustoSpan?.parentSpanId).toBe(request?.spanId);
  });

  it('is left out where the caller asks for that', async () => {
    const traceId = '1'.repeat(32);
    await ask(`${b2d}3`, { headers: { traceparent: `00-${traceId}-${'2'.repeat(16)}-00` } });
    expect(spansOf(traceId)).toEqual([]);
  });

  it('has errors of Kusto and of ours, and says nothing of what was asked', async () => {
    kusto.fail({ kind: 'status', status: 400 });
    const answer = await ask(`${b2d}4`);
    kusto.recover();
    const [kustoSpan, request] = spansOf(answer.headers.get('x-trace-id'));
    expect(kustoSpan).toMatchObject({
      isError: true,
      attributes: { 'error.type': 'defect', 'db.response.status_code': '400' },
    });
    expect(request).toMatchObject({ isError: true, attributes: { 'error.type': '500' } });
    expect(JSON.stringify(collector.spans)).not.toContain('contoso');
    expect(JSON.stringify(collector.spans)).not.toContain(project);
  });

  it('has no name that a caller can choose', async () => {
    const answer = await ask(`/${'x'.repeat(3_000)}`);
    const [request] = spansOf(answer.headers.get('x-trace-id'));
    expect(request?.name).toBe('GET');
    expect(request?.attributes['http.route']).toBeUndefined();
    expect(String(request?.attributes['url.path'])).toHaveLength(1_024);
  });

  it('is not made for probes', async () => {
    const answer = await ask('/health/live');
    expect(spansOf(answer.headers.get('x-trace-id'))).toEqual([]);
  });
});

describe('metrics', () => {
  it('count results by API and client, requests and queries by their names, and lookups of the caches', async () => {
    await ask(`${b2d}5`);
    await ask(`${b2d}5`);
    await ask('/d2b/v1/deployment2build');
    expect(collector.points('deployments.api.results')).toContainEqual({
      metric: 'deployments.api.results',
      unit: '{result}',
      attributes: {
        'deployments.api': 'd2b',
        'deployments.client': 'anyone',
        'deployments.result': 'invalid',
      },
      value: 1,
    });
    expect(collector.points('http.server.request.duration')).toContainEqual(
      expect.objectContaining({
        unit: 's',
        attributes: {
          'http.request.method': 'GET',
          'http.route': '/d2b/v1/deployment2build',
          'http.response.status_code': 400,
          'url.scheme': 'http',
        },
      }),
    );
    expect(
      collector.points('db.client.operation.duration').map(({ attributes }) => attributes),
    ).toContainEqual({
      'db.system.name': 'azure.kusto',
      'db.namespace': 'Db',
      'db.operation.name': 'query',
      'db.stored_procedure.name': 'GetBuild2Deployment_v1',
    });
    const memory = collector
      .points('deployments.cache.lookups')
      .find(
        ({ attributes }) =>
          attributes['deployments.api'] === 'b2d' && attributes['deployments.cache.outcome'] === 'memory',
      );
    expect(memory?.value).toBeGreaterThanOrEqual(1);
    expect(collector.points('nodejs.eventloop.delay.p99')).toHaveLength(1);
  });

  it('say how far the changelog and the mapping jobs are behind', async () => {
    observeChangelog(telemetry, () => ({
      understood: { 'git.push': 3 },
      setAside: { '': 1, 'made.up': 2 },
      waitingRows: 4,
      oldestMessageAgeSeconds: 5,
      poisonMessages: undefined,
    }));
    const away = openKusto({ cluster: 'http://127.0.0.1:9', database: 'D', auth: { mode: 'none' } });
    observeJobs(telemetry, away);
    await ask(`${b2d}6`);
    const valuesOf = (metric: string) => collector.points(metric).map(({ value }) => value);
    expect(valuesOf('deployments.changelog.message.age')).toEqual([5]);
    expect(valuesOf('deployments.changelog.row.waiting')).toEqual([4]);
    expect(valuesOf('deployments.changelog.message.poison')).toEqual([]);
    expect(
      collector.points('deployments.changelog.events').map(({ attributes, value }) => [attributes, value]),
    ).toEqual([
      [{ 'deployments.event.type': 'git.push', 'deployments.event.outcome': 'understood' }, 3],
      [{ 'deployments.event.outcome': 'set_aside' }, 3],
    ]);
    expect(valuesOf('deployments.job.lag')).toEqual([]);
    away.close();
  });

  it('have only attributes that they declare', async () => {
    await ask(`${b2d}6`);
    for (const [name, { attributes, unit }] of Object.entries<MetricDeclaration>(metrics)) {
      for (const point of collector.points(name)) {
        expect([name, point.unit]).toEqual([name, unit]);
        expect(attributes).toEqual(expect.arrayContaining(Object.keys(point.attributes)));
      }
    }
  });

  it('have names of the form that OpenTelemetry asks for', () => {
    for (const [name, { attributes, unit }] of Object.entries<MetricDeclaration>(metrics)) {
      for (const text of [name, ...attributes]) expect(text).toMatch(/^[a-z][a-z0-9]*(?:[._][a-z0-9]+)+$/);
      expect(unit).toMatch(/^(?:s|1|By|\{[a-z]+\})$/);
    }
  });
});

describe('log lines', () => {
  it('are sent with the trace of their request', async () => {
    const answer = await ask(`${b2d}7`);
    const traceId = answer.headers.get('x-trace-id') ?? '';
    const lines = collector.logs.filter((line) => line.traceId === traceId && line.scope === 'deployments');
    expect(lines).toEqual([
      expect.objectContaining({
        body: 'request',
        severity: 'INFO',
        attributes: expect.objectContaining({ route: '/b2d/v1/build2deployments', status: '200' }),
      }),
    ]);
  });
});

describe('the settings', () => {
  const mistakesIn = (settings: Readonly<Record<string, string>>): string[] => {
    try {
      telemetryConfigOf(settings);
      return [];
    } catch (error) {
      return String(error).split('\n').slice(1);
    }
  };

  it('name what is wrong, without secrets', () => {
    const mistakes = mistakesIn({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hunter2@collector:4318',
      APPLICATIONINSIGHTS_CONNECTION_STRING: 'hunter2',
      OTEL_TRACES_SAMPLER_ARG: '1.1',
      AUDIT_BUFFER_RECORDS: '0',
    });
    expect(mistakes).toEqual([
      '  OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http://127.0.0.1:4318, without user or password.',
      '  APPLICATIONINSIGHTS_CONNECTION_STRING must be the connection string of an Application Insights resource.',
      '  OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1.',
      '  AUDIT_BUFFER_RECORDS must be a whole number from 1 to 1000000.',
    ]);
  });

  it('load nothing where there is nowhere to send anything', async () => {
    expect(telemetryConfigOf({})).toBeUndefined();
    expect(await openTelemetry(undefined)).toBeUndefined();
  });

  it('choose Azure Monitor in Azure, and a collector that is named before it', async () => {
    const connection = `InstrumentationKey=${project};IngestionEndpoint=http://127.0.0.1:9/`;
    const azure = { APPLICATIONINSIGHTS_CONNECTION_STRING: connection };
    expect(telemetryConfigOf(azure)?.destination?.kind).toBe('azureMonitor');
    expect(telemetryConfigOf({ ...azure, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })?.destination).toEqual({
      kind: 'otlp',
      url: collector.url,
    });
  });
});
