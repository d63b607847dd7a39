/**
 * Audit records: one for each access, refused ones included, also while their collector is away. A long run, as in
 * production: AUDIT_AWAY_SECONDS=60 AUDIT_REQUESTS_PER_SECOND=200 npm test -- test/backend/telemetry/audit.
 */
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { serveGates } from '../../../backend/gates/gates.ts';
import { openToAnyoneHere } from '../../../backend/rights/rights.ts';
import { openTelemetry } from '../../../backend/telemetry/open.ts';
import type { Telemetry } from '../../../backend/telemetry/telemetry.ts';
import { sleep } from '../../../net/sleep.ts';
import { sha256Of, startGuardedBackend } from '../../support/access/guarded-backend.ts';
import { buildTestApp } from '../../support/backend.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { type Collector, startCollector, type TakenLog } from '../../support/telemetry/collector.ts';
import { telemetryConfigOf } from '../../support/telemetry/config.ts';
import { until } from '../../support/until.ts';

const awaySeconds = Number(process.env.AUDIT_AWAY_SECONDS ?? 1);
const requestsPerSecond = Number(process.env.AUDIT_REQUESTS_PER_SECOND ?? 100);

const project = 'b32aa71e-8ed2-41b2-9d77-5bc261222004';
const b2d = `/b2d/v1/build2deployments?adoOrganizationName=contoso&adoProjectId=${project}&adoBuildId=`;

let kusto: KustoProxy;

beforeAll(async () => {
  kusto = await startKustoProxy(undefined, answerOf(['Found', 'DeploymentId'], [[true, 'content']]));
});
afterAll(() => kusto.close());

interface Audited {
  readonly collector: Collector;
  readonly telemetry: Telemetry;
  readonly app: FastifyInstance;
  readonly url: string;
  /** What telemetry reported to the log. */
  readonly alarms: readonly { readonly fields: object; readonly message: string }[];
  close(): Promise<void>;
}

async function startAudited(settings: Readonly<Record<string, string>> = {}): Promise<Audited> {
  const collector = await startCollector();
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...settings };
  const telemetry = await openTelemetry(telemetryConfigOf(all));
  if (!telemetry) throw new Error('There is no telemetry');
  const api = buildTestApp(kusto.url, 'D', all, undefined, telemetry);
  serveGates(api.app, { kusto: api.kusto, rights: openToAnyoneHere });
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const alarms: { fields: object; message: string }[] = [];
  telemetry.reportTo({ warn: (fields, message) => alarms.push({ fields, message }) });
  return {
    collector,
    telemetry,
    app: api.app,
    url,
    alarms,
    async close() {
      await api.close();
      await telemetry.close();
      await collector.close();
    },
  };
}

const recordsIn = ({ logs }: Collector): TakenLog[] =>
  logs.filter(({ eventName }) => eventName === 'deployments.access');

/** Sends a request, and gives the id of its trace. */
async function ask(url: string, path: string, init: RequestInit = {}): Promise<string> {
  const traceId = randomUUID().replaceAll('-', '');
  const traceparent = `00-${traceId}-${'1'.repeat(16)}-01`;
  const answer = await fetch(url + path, { ...init, headers: { ...init.headers, traceparent } });
  await answer.text();
  return traceId;
}

const sorted = (texts: readonly (string | undefined)[]): (string | undefined)[] => [...texts].sort();

describe('the record of an access', () => {
  let audited: Audited;
  beforeAll(async () => {
    audited = await startAudited();
  });
  afterAll(() => audited.close());

  const recordOf = async (traceId: string): Promise<TakenLog> => {
    await audited.telemetry.flush();
    const records = recordsIn(audited.collector).filter((record) => record.traceId === traceId);
    expect(records).toHaveLength(1);
    return records[0] as TakenLog;
  };

  it('says who asked, what for, and with which outcome', async () => {
    const record = await recordOf(await ask(audited.url, `${b2d}17`));
    expect(record.attributes).toEqual({
      'log.record.uid': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'deployments.caller.kind': 'anyone',
      'deployments.caller.id': 'loopback',
      'client.address': '127.0.0.1',
      'http.request.method': 'GET',
      'http.route': '/b2d/v1/build2deployments',
      'http.response.status_code': 200,
      'deployments.api': 'b2d',
      'deployments.asked.organization': 'contoso',
      'deployments.asked.project': project,
      'deployments.asked.buildId': 17,
    });
  });

  it.each<[string, number, string, RequestInit, object]>([
    [
      'a refused origin, with what was asked',
      403,
      `${b2d}18`,
      { headers: { origin: 'https://elsewhere.example' } },
      { 'deployments.asked.buildId': 18 },
    ],
    [
      'parameters that are wrong',
      400,
      '/d2b/v1/deployment2build?deploymentSource=x',
      {},
      { 'deployments.api': 'd2b' },
    ],
    ['a path where nothing is', 404, '/nothing', {}, { 'http.request.method': 'GET' }],
    [
      'a method that is not allowed',
      405,
      `${b2d}1`,
      { method: 'DELETE' },
      { 'http.request.method': 'DELETE' },
    ],
    ['a path that is not UTF-8', 400, '/b2d/%ff', {}, { 'http.request.method': 'GET' }],
    [
      'any id',
      200,
      `/d2b/v1/deployment2build?deploymentSource=pilotfish&deploymentId=${encodeURIComponent('%"\n')}`,
      {},
      { 'deployments.asked.source': 'pilotfish', 'deployments.asked.id': '%"\n' },
    ],
  ])('is there for %s: %d', async (_name, status, path, init, expected) => {
    const record = await recordOf(await ask(audited.url, path, init));
    expect(record.attributes).toMatchObject({ ...expected, 'http.response.status_code': status });
  });

  it('is there for a caller that leaves before the answer', async () => {
    kusto.forget();
    const open = kusto.hold();
    const traceId = 'a'.repeat(32);
    const leaving = request(`${audited.url}${b2d}19`, {
      headers: { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
    });
    leaving.on('error', () => undefined).end();
    await until(() => kusto.asked.length > 0);
    leaving.destroy();
    await until(() => leaving.closed);
    open();
    await until(async () => {
      await audited.telemetry.flush();
      return recordsIn(audited.collector).some((record) => record.traceId === traceId);
    });
    expect((await recordOf(traceId)).attributes['http.response.status_code']).toBe(0);
  });

  it('names the build that a gate asks for, and the task whose wait is cancelled', async () => {
    const body = JSON.stringify({ organization: 'contoso', projectId: project, buildId: 21 });
    const evaluation = await recordOf(
      await ask(audited.url, '/gates/v1/evaluations', { method: 'POST', body: `{"build":${body}}` }),
    );
    expect(evaluation.attributes).toMatchObject({
      'deployments.api': 'gates',
      'http.response.status_code': 200,
      'deployments.asked.organization': 'contoso',
      'deployments.asked.project': project,
      'deployments.asked.buildId': 21,
    });
    const cancellation = await recordOf(
      await ask(audited.url, '/gates/v1/waits/plan/job/task', { method: 'DELETE' }),
    );
    expect(cancellation.attributes).toMatchObject({
      'http.response.status_code': 503,
      'deployments.asked.planId': 'plan',
    });
    const unreadable = await recordOf(
      await ask(audited.url, '/gates/v1/evaluations', { method: 'POST', body: '{' }),
    );
    expect(unreadable.attributes['http.response.status_code']).toBe(400);
  });

  it('is there for a request that a Functions host hands in', async () => {
    const traceId = 'c'.repeat(32);
    const headers = { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` };
    const answer = await audited.app.inject({ method: 'GET', url: `${b2d}20`, headers });
    expect(answer.statusCode).toBe(200);
    expect((await recordOf(traceId)).attributes).toMatchObject({
      'deployments.asked.buildId': 20,
      'http.response.status_code': 200,
    });
  });

  it('is not there for probes, and holds nothing of an answer', async () => {
    const traceId = await ask(audited.url, '/health/live');
    await audited.telemetry.flush();
    expect(recordsIn(audited.collector).some((record) => record.traceId === traceId)).toBe(false);
    expect(JSON.stringify(recordsIn(audited.collector))).not.toContain('content');
  });
});

describe('while the collector is away', () => {
  it('no record is lost or sent twice, and no request waits', async () => {
    const audited = await startAudited({ OTEL_LOGS_EXPORTER: 'none' });
    const { collector, telemetry, url } = audited;
    collector.leave();
    const asked: Promise<string>[] = [];
    for (let tick = 0; tick < awaySeconds * 10; tick++) {
      for (let number = 0; number < requestsPerSecond / 10; number++)
        asked.push(ask(url, `${b2d}${asked.length + 1}`));
      await sleep(100);
    }
    const traceIds = await Promise.all(asked);
    await until(() => audited.alarms.length > 0);
    expect(recordsIn(collector)).toEqual([]);
    collector.back();
    await telemetry.flush();
    expect(sorted(recordsIn(collector).map(({ traceId }) => traceId))).toEqual(sorted(traceIds));
    expect(new Set(traceIds).size).toBe(awaySeconds * requestsPerSecond);
    expect(audited.alarms).toContainEqual({
      message: 'audit: the collector does not answer',
      fields: { waiting: expect.any(Number), reason: expect.any(String) },
    });
    await audited.close();
  });

  it('what does not fit into the buffer is dropped, counted and reported', async () => {
    const audited = await startAudited({ AUDIT_BUFFER_RECORDS: '10' });
    const { collector, telemetry, url } = audited;
    collector.leave();
    const traceIds: string[] = [];
    for (let number = 1; number <= 25; number++) traceIds.push(await ask(url, `${b2d}${number}`));
    collector.back();
    await telemetry.flush();
    expect(recordsIn(collector).map(({ traceId }) => traceId)).toEqual(traceIds.slice(0, 10));
    await telemetry.flush();
    const counts = collector
      .points('deployments.audit.records')
      .map(({ attributes, value }) => [attributes['deployments.audit.outcome'], value]);
    expect(counts).toEqual([
      ['sent', 10],
      ['dropped', 15],
    ]);
    expect(audited.alarms).toContainEqual({ message: 'audit: records are dropped', fields: { dropped: 1 } });
    await audited.close();
  });

  it('a process that ends reports what it could not send', async () => {
    const collector = await startCollector();
    const audited = await startAudited({
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
      AUDIT_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
    collector.leave();
    await ask(audited.url, `${b2d}1`);
    await audited.telemetry.close();
    expect(audited.alarms).toContainEqual({ message: 'audit: records are dropped', fields: { dropped: 1 } });
    await Promise.all([audited.close(), collector.close()]);
  });
});

test('audit records can have a collector of their own, without any other telemetry', async () => {
  const audited = await startAudited();
  const own = await startAudited({
    OTEL_EXPORTER_OTLP_ENDPOINT: '',
    AUDIT_EXPORTER_OTLP_ENDPOINT: audited.collector.url,
  });
  const traceId = await ask(own.url, `${b2d}1`);
  await own.telemetry.flush();
  expect(recordsIn(audited.collector).map((record) => record.traceId)).toEqual([traceId]);
  expect(audited.collector.spans).toEqual([]);
  await Promise.all([audited.close(), own.close()]);
});

test('with AUTH=entra a record names the client, and is there for a token that is refused and for one without a grant', async () => {
  const collector = await startCollector();
  const telemetry = await openTelemetry(telemetryConfigOf({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }));
  if (!telemetry) throw new Error('There is no telemetry');
  const tokens = ['of-the-monitor', 'of-the-stranger'].map((owner) => `static-token-${owner}-1234567890`);
  const backend = await startGuardedBackend({
    telemetry,
    settings: { RATE_LIMIT_UNAUTHENTICATED: '2' },
    clients: {
      monitor: { grants: ['contoso'], tokens: [sha256Of(String(tokens[0]))] },
      stranger: { tokens: [sha256Of(String(tokens[1]))] },
    },
  });
  const headersOf = (token: string | undefined) => ({ headers: { authorization: `Bearer ${token}` } });
  const traceIds = [
    await ask(backend.url, `${b2d}1`, headersOf(tokens[0])),
    await ask(backend.url, `${b2d}2`, headersOf(tokens[1])),
    await ask(backend.url, `${b2d}3`, headersOf('a.forged.token')),
    await ask(backend.url, `${b2d}4`),
    await ask(backend.url, `${b2d}5`),
    await ask(
      backend.url,
      '/b2d/v1/entities?deploymentSource=expressv2&deploymentId=g/r&state=failed',
      headersOf(tokens[0]),
    ),
    await ask(backend.url, `${b2d.replace('contoso', 'fabrikam')}7`, headersOf(tokens[0])),
  ];
  await telemetry.flush();
  const records = recordsIn(collector);
  expect(records.map(({ traceId }) => traceId)).toEqual(traceIds);
  const told = records.map(({ attributes }) => [
    attributes['deployments.caller.id'],
    attributes['deployments.asked.buildId'],
    attributes['http.response.status_code'],
  ]);
  expect(told).toEqual([
    ['client/monitor', 1, 404],
    ['client/stranger', 2, 403],
    ['anonymous', 3, 401],
    ['anonymous', 4, 401],
    ['anonymous', 5, 429],
    ['client/monitor', undefined, 404],
    ['client/monitor', 7, 404],
  ]);
  expect(records.at(-2)?.attributes).toMatchObject({
    'deployments.asked.source': 'expressv2',
    'deployments.asked.id': 'g/r',
    'deployments.asked.states': 'failed',
  });
  expect(JSON.stringify(collector.logs)).not.toContain('1234567890');
  await telemetry.flush();
  const outcomes = (metric: string, attribute: string) =>
    collector.points(metric).map(({ attributes, value }) => [attributes[attribute], value]);
  expect(outcomes('deployments.rights.decisions', 'deployments.rights.outcome')).toEqual(
    expect.arrayContaining([
      ['refused', 1],
      ['nothing', 1],
    ]),
  );
  expect(outcomes('deployments.limit.decisions', 'deployments.limit.outcome')).toContainEqual(['limited', 1]);
  await backend.close();
  await telemetry.close();
  await collector.close();
});
