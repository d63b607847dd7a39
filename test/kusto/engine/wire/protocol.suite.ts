/** What no client sends by itself, and what all of them rely on. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { TestEngine } from '../../../support/engine/engine.ts';

export function protocolSuite(engine: () => TestEngine): void {
  describe('the protocol', () => {
    const post = (
      path: string,
      body: string | Uint8Array<ArrayBuffer>,
      headers: Record<string, string> = {},
    ) =>
      fetch(`${engine().url}${path}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      });
    const query = (csl: string, more: object = {}) => JSON.stringify({ db: engine().database, csl, ...more });
    const messageOf = async (response: Response) => {
      const { error } = (await response.json()) as { error: Record<string, unknown> };
      expect(error).toMatchObject({
        code: expect.any(String),
        message: expect.any(String),
        '@type': expect.any(String),
      });
      return `${response.status} ${error['@message']}`;
    };

    it('echoes the request id and gives every answer an id of its own', async () => {
      const response = await post('/v2/rest/query', query('print 1'), { 'x-ms-client-request-id': 'mine' });
      expect(response.headers.get('x-ms-client-request-id')).toBe('mine');
      expect(response.headers.get('x-ms-activity-id')).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('answers what clients and probes ask first', async () => {
      for (const path of ['/v1/rest/auth/metadata', '/v1/rest/ping', '/health']) {
        expect((await fetch(`${engine().url}${path}`)).status).toBe(200);
      }
    });

    it('accepts properties as a text, and commands at the query endpoint', async () => {
      const properties = JSON.stringify({ Parameters: { n: '5' }, Options: { servertimeout: '00:01:00' } });
      const response = await post(
        '/v2/rest/query',
        query('declare query_parameters(n: long); print n', { properties }),
      );
      const frames = (await response.json()) as { TableKind?: string; Rows?: unknown }[];
      expect(frames.find(({ TableKind }) => TableKind === 'PrimaryResult')?.Rows).toEqual([[5]]);
      expect((await post('/v2/rest/query', query('.show tables'))).status).toBe(200);
    });

    it.each([
      ['not JSON', '/v2/rest/query', 'nonsense', '400 The body is not valid JSON in UTF-8'],
      ['no object', '/v2/rest/query', '[]', '400 The body has to be a JSON object'],
      [
        'no query',
        '/v2/rest/query',
        '{"db":"NetDefaultDB"}',
        "400 Field 'csl' has to be a text: the query or command",
      ],
      [
        'an empty query',
        '/v2/rest/query',
        '{"csl":" "}',
        "400 Field 'csl' has to be a text: the query or command",
      ],
      [
        'a database that is no text',
        '/v2/rest/query',
        '{"csl":"print 1","db":5}',
        "400 Field 'db' has to be a text",
      ],
      [
        'an unknown database',
        '/v2/rest/query',
        '{"csl":"print 1","db":"Nope"}',
        "400 Entity ID 'Nope' of kind 'Database' was not found.",
      ],
      [
        'a query at the command endpoint',
        '/v1/rest/mgmt',
        '{"csl":"print 1"}',
        "400 A management command must begin with '.'",
      ],
      [
        'properties of the wrong kind',
        '/v2/rest/query',
        '{"csl":"print 1","properties":5}',
        "400 Field 'properties' has to be a JSON object",
      ],
      [
        'a limit that is none',
        '/v2/rest/query',
        '{"csl":"print 1","properties":{"Options":{"query_take_max_records":-1}}}',
        "400 Option 'query_take_max_records' has to be a whole number",
      ],
      [
        'a timeout that is none',
        '/v2/rest/query',
        '{"csl":"print 1","properties":{"Options":{"servertimeout":"soon"}}}',
        "400 Option 'servertimeout' has to be a timespan",
      ],
      [
        'a time that is none',
        '/v2/rest/query',
        '{"csl":"print 1","properties":{"Options":{"query_now":"soon"}}}',
        "400 Option 'query_now' has to be a datetime",
      ],
      [
        'rows of a time alone',
        '/v2/rest/query',
        '{"csl":"print 1","properties":{"Options":{"query_datetimescope_to":"2024-01-01"}}}',
        "400 Option 'query_datetimescope_to' is not supported",
      ],
      [
        'a question for columns alone',
        '/v2/rest/query',
        '{"csl":"print 1","properties":{"Options":{"query_results_apply_getschema":true}}}',
        "400 Option 'query_results_apply_getschema' is not supported",
      ],
      [
        'another language',
        '/v2/rest/query',
        '{"csl":"print 1","properties":{"Options":{"query_language":"sql"}}}',
        "400 Option 'query_language' is not supported",
      ],
      [
        'a missing parameter',
        '/v2/rest/query',
        '{"csl":"declare query_parameters(a: long); print a"}',
        "400 The query parameter 'a' has no value",
      ],
      ['an unknown path', '/v3/rest/query', '{}', '404 There is nothing at /v3/rest/query'],
      [
        'an unknown table',
        '/v1/rest/ingest/NetDefaultDB/Nope?streamFormat=csv',
        'x',
        "400 Entity ID 'Nope' of kind 'Table'",
      ],
      [
        'an unknown database to ingest into',
        '/v1/rest/ingest/Nope/Types',
        'x',
        "400 Entity ID 'Nope' of kind 'Database'",
      ],
      [
        'an unknown format',
        '/v1/rest/ingest/NetDefaultDB/Types?streamFormat=orc',
        'x',
        "400 Data format 'orc' is not supported",
      ],
      [
        'an unknown mapping',
        '/v1/rest/ingest/NetDefaultDB/Types?streamFormat=json&mappingName=x',
        '{}',
        "400 Entity ID 'x'",
      ],
      [
        'a blob instead of data',
        '/v1/rest/ingest/NetDefaultDB/Types?sourceKind=uri',
        '{}',
        "400 'sourceKind=uri' is not supported",
      ],
      [
        'no table',
        '/v1/rest/ingest/NetDefaultDB',
        'x',
        '404 Ingestion is at /v1/rest/ingest/{database}/{table}',
      ],
      ['a broken path', '/v1/rest/ingest/%zz/T', 'x', "400 '%zz' is not valid percent-encoding"],
    ])('says what is wrong with %s', async (_, path, body, message) => {
      expect(await messageOf(await post(path, body))).toContain(message);
    });

    it('says what is wrong with a body that cannot be unpacked', async () => {
      const path = '/v1/rest/ingest/NetDefaultDB/Types?streamFormat=csv';
      const gzip = { 'content-encoding': 'gzip' };
      expect(await messageOf(await post(path, 'not gzip', gzip))).toBe('400 The body is not valid gzip');
      const cut = gzipSync('x,true\n'.repeat(1000)).subarray(0, 30);
      expect(await messageOf(await post(path, new Uint8Array(cut), gzip))).toBe(
        '400 The body is not valid gzip',
      );
      expect(await messageOf(await post(path, 'x', { 'content-encoding': 'zstd' }))).toBe(
        "415 Content-Encoding 'zstd' is not supported; use gzip, deflate or br",
      );
      expect(await messageOf(await post(path, new Uint8Array([0x61, 0xff, 0xfe])))).toBe(
        '400 The data is not valid UTF-8',
      );
    });

    it('refuses bodies that are too long, packed or not', async () => {
      const path = '/v1/rest/ingest/NetDefaultDB/Types?streamFormat=csv';
      const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024));
      expect(await messageOf(await post(path, new Uint8Array(bomb), { 'content-encoding': 'gzip' }))).toBe(
        '413 The body is longer than 64 MiB.',
      );
    });

    it('refuses other methods', async () => {
      expect(await messageOf(await fetch(`${engine().url}/v2/rest/query`))).toBe('405 Use POST, not GET');
    });

    it('takes no harm from a client that goes away in the middle of its body', async () => {
      const { hostname, port } = new URL(engine().url);
      for (const path of ['/v2/rest/query', '/v1/rest/ingest/NetDefaultDB/Types']) {
        const socket = connect(Number(port), hostname);
        await once(socket, 'connect');
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\nhalf`,
        );
        socket.destroy();
        await once(socket, 'close');
      }
      const garbage = connect(Number(port), hostname);
      garbage.write('this is not HTTP\r\n\r\n');
      const [answer] = await once(garbage, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1.1 400/);
    });

    it('still answers after all that', async () => {
      expect(await engine().rows('print 1')).toEqual([[1]]);
    });
  });
}
