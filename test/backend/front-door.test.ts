/** Requests through Azure Front Door: who is let in, and whose address is believed, on the server and on Functions. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import functions from '@azure/functions';
import { handlerOf } from '../../backend/hosts/functions-adapter.ts';
import { openTelemetry } from '../../backend/telemetry/open.ts';
import type { Telemetry } from '../../backend/telemetry/telemetry.ts';
import { type GuardedBackend, startGuardedBackend } from '../support/access/guarded-backend.ts';
import { type Collector, startCollector, type Values } from '../support/telemetry/collector.ts';
import { telemetryConfigOf } from '../support/telemetry/config.ts';
import { until } from '../support/until.ts';

const id = '55ce4ed1-4b06-4bf1-b40e-4638452104da';
const otherId = '66ce4ed1-4b06-4bf1-b40e-4638452104da';
const b2d =
  '/b2d/v1/build2deployments?adoOrganizationName=contoso&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=1';

type Headers = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

interface Asked {
  ask(path: string, headers?: Headers): Promise<Answer>;
}

/** How each host takes a request: over a connection, or from the Functions host. */
const hosts: readonly (readonly [name: string, of: (backend: GuardedBackend) => Asked, address: string])[] = [
  [
    'server',
    ({ url }) => ({
      async ask(path, headers = {}) {
        const answer = await fetch(url + path, { headers });
        const body = await answer.text();
        return { status: answer.status, body, headers: Object.fromEntries(answer.headers) };
      },
    }),
    '127.0.0.1',
  ],
  [
    'Functions app',
    ({ app }) => {
      const handler = handlerOf(app);
      return {
        async ask(path, headers = {}) {
          const request = new functions.HttpRequest({
            method: 'GET',
            url: `https://app.example.com${path}`,
            headers,
          });
          const answer = await handler(request, new functions.InvocationContext());
          if (!answer || !('status' in answer)) throw new Error('no answer');
          return {
            status: Number(answer.status),
            body: String(answer.body ?? ''),
            headers: answer.headers as Headers,
          };
        },
      };
    },
    'unknown',
  ],
];

let behind: GuardedBackend;
let alone: GuardedBackend;

beforeAll(async () => {
  const settings = { RATE_LIMIT_UNAUTHENTICATED: '3' };
  behind = await startGuardedBackend({ settings: { ...settings, FRONT_DOOR_ID: id.toUpperCase() } });
  alone = await startGuardedBackend({ settings });
});
afterAll(() => Promise.all([behind.close(), alone.close()]));
/** A test that counts to its limit must not begin at the very end of a minute. */
beforeEach(() => until(() => Date.now() % 60_000 < 55_000));

let lastAddress = 0;
/** An address that no other request has. */
const newAddress = (): string => `198.51.100.${++lastAddress}`;
const through = (address: string, more: Headers = {}): Headers => ({
  'x-azure-fdid': id,
  'x-azure-socketip': address,
  ...more,
});

describe.each(hosts)('the %s behind Front Door', (_name, hostOf) => {
  it.each<[string, Headers]>([
    ['without an id', {}],
    ['with another id', { 'x-azure-fdid': otherId }],
    ['with the id twice', { 'x-azure-fdid': `${id}, ${id}` }],
    ['with the id and more', { 'x-azure-fdid': `${id}x` }],
    ['with an empty id', { 'x-azure-fdid': '' }],
    ['with an address alone', { 'x-azure-socketip': '198.51.100.200', 'x-forwarded-for': '198.51.100.200' }],
  ])('refuses a request %s, whatever it asks for', async (_what, headers) => {
    for (const path of [b2d, '/docs', '/openapi.json', '/nowhere', '/health', '/health/live/x', '/%ff']) {
      const answer = await hostOf(behind).ask(path, headers);
      expect([path, answer.status]).toEqual([path, 403]);
      expect(JSON.parse(answer.body)).toMatchObject({
        code: '403',
        message: 'This service answers only to requests that come through its Front Door.',
      });
      expect(answer.body).not.toContain(id);
    }
  });

  it('answers the probes of the platform, which come past Front Door', async () => {
    const answers = await Promise.all(
      ['/health/live', '/health/ready'].map((path) => hostOf(behind).ask(path)),
    );
    expect(answers.map(({ status }) => status)).not.toContain(403);
  });

  it('limits each caller alone, by the address that Front Door saw', async () => {
    const { ask } = hostOf(behind);
    const [first, second] = [newAddress(), newAddress()];
    const statuses = [];
    for (const address of [first, first, first, first, second])
      statuses.push((await ask(b2d, through(address))).status);
    expect(statuses).toEqual([401, 401, 401, 429, 401]);
  });

  it('believes nothing that a caller can write', async () => {
    const { ask } = hostOf(behind);
    const address = newAddress();
    const statuses = [];
    for (const number of [1, 2, 3, 4]) {
      const spoofed = `203.0.113.${number}`;
      const headers = {
        'x-azure-clientip': spoofed,
        'x-forwarded-for': `${spoofed}, ${spoofed}`,
        'x-real-ip': spoofed,
        'client-ip': spoofed,
        forwarded: `for=${spoofed}`,
        via: '1.1 Azure',
      };
      statuses.push((await ask(b2d, through(address, headers))).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429]);
  });
});

describe.each(hosts)('the %s without a Front Door', (_name, hostOf) => {
  it('believes none of its headers', async () => {
    const { ask } = hostOf(alone);
    const statuses = [];
    for (const _number of [1, 2, 3, 4]) statuses.push((await ask(b2d, through(newAddress()))).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });
});

describe('the server behind Front Door', () => {
  it('refuses a request that has two headers with the id', async () => {
    const { hostname, port } = new URL(behind.url);
    const socket = connect(Number(port), hostname);
    socket.end(
      `GET ${b2d} HTTP/1.1\r\nHost: x\r\nX-Azure-FDID: ${id}\r\nX-Azure-FDID: ${id}\r\nConnection: close\r\n\r\n`,
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /);
  });
});

/** What Front Door might write, and the address that it stands for; undefined where it is no single address. */
const written: readonly (readonly [header: string, address: string | undefined])[] = [
  ['192.0.2.7', '192.0.2.7'],
  ['192.0.2.7:50123', '192.0.2.7'],
  [' 192.0.2.7 ', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:DB8:0:0::0001', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ...[
    '',
    'x',
    '192.0.2.7, 192.0.2.8',
    '192.0.2',
    '192.0.2.7:',
    '192.0.2.7:123456',
    '[192.0.2.7]',
    '2001:db8::1, 2001:db8::2',
    'fe80::1%eth0',
    '[2001:db8::1',
    '2001:db8::g',
    'localhost:80',
    'a'.repeat(4_000),
  ].map((header) => [header, undefined] as const),
];

describe.each(hosts)('audit and trace of the %s', (_name, hostOf, connectionAddress) => {
  let collector: Collector;
  let telemetry: Telemetry | undefined;
  let backend: GuardedBackend;

  beforeAll(async () => {
    collector = await startCollector();
    telemetry = await openTelemetry(telemetryConfigOf({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }));
    if (!telemetry) throw new Error('There is no telemetry');
    backend = await startGuardedBackend({ settings: { FRONT_DOOR_ID: id }, telemetry });
  });
  afterAll(async () => {
    await backend.close();
    await collector.close();
  });

  it('have the address that Front Door saw, or else that of the connection', async () => {
    const { ask } = hostOf(backend);
    const refused = { 'x-azure-fdid': otherId, 'x-azure-socketip': '192.0.2.9' };
    const requests: (readonly [path: string, headers: Headers, status: number, address: string])[] = [
      [b2d, refused, 403, connectionAddress],
      ['/%ff', through('192.0.2.10'), 400, '192.0.2.10'],
      ...written.map(
        ([header, address]) => [b2d, through(header), 401, address ?? connectionAddress] as const,
      ),
    ];
    const answers = [];
    for (const [path, headers] of requests) answers.push(await ask(path, headers));
    await telemetry?.close();
    const addressIn = (
      records: readonly { traceId: string | undefined; attributes: Values }[],
      id?: string,
    ) => records.find(({ traceId }) => traceId === id)?.attributes['client.address'];
    const audited = collector.logs.filter(({ eventName }) => eventName === 'deployments.access');
    const served = collector.spans.filter(({ kind }) => kind === 2);
    expect(
      answers.map(({ status, body }) => {
        const { traceId } = JSON.parse(body);
        return [status, addressIn(audited, traceId), addressIn(served, traceId)];
      }),
    ).toEqual(requests.map(([, , status, address]) => [status, address, address]));
  });
});
