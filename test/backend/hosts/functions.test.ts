import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/kusto-proxy.ts';

interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

let kusto: KustoProxy;
let host: ChildProcess;
let responses: AsyncIterator<string>;

beforeAll(async () => {
  kusto = await startKustoProxy(
    undefined,
    answerOf(['Id', 'Url', 'Payload'], [['7', 'https://example.com/7', 'a=b']]),
  );
  const script = fileURLToPath(new URL('../../support/functions-host.ts', import.meta.url));
  host = spawn(process.execPath, ['--import', 'tsx', script], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'silent', KUSTO_CLUSTER: kusto.url, KUSTO_DATABASE: 'D' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (!host.stdout) throw new Error('no output');
  responses = createInterface(host.stdout)[Symbol.asyncIterator]();
  await invoke('/health/live');
}, 60_000);

afterAll(async () => {
  host.stdin?.end();
  await once(host, 'exit');
  await kusto.close();
});

async function invoke(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Response> {
  const request = { method, url: `https://p2b.azurewebsites.net${path}`, headers };
  host.stdin?.write(`${JSON.stringify(request)}\n`);
  return JSON.parse((await responses.next()).value) as Response;
}

describe('an HTTP trigger', () => {
  it('answers as the server does', async () => {
    const response = await invoke('/p2b/builds?deploymentSource=pilotfish&payload=A%3Db');
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(String(response.body))).toMatchObject({ Payload: 'a=b', Builds: [{ Id: '7' }] });
  });

  it('passes the query string on as it was sent', async () => {
    const response = await invoke('/p2b/builds?deploymentSource=pilotfish&payload=%FF');
    expect(response.status).toBe(400);
    expect(JSON.parse(String(response.body))).toMatchObject({ details: [{ target: 'payload' }] });
  });

  it('passes headers on, but none that speak about a connection', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const response = await invoke('/health/live', 'GET', {
      traceparent: `00-${trace}-b7ad6b7169203331-01`,
      connection: 'close',
      'transfer-encoding': 'chunked',
    });
    expect(response.headers['x-trace-id']).toBe(trace);
    expect(Object.keys(response.headers)).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^(?:connection|keep-alive|transfer-encoding|content-length)$/),
      ]),
    );
  });

  it('answers 304 without a body', async () => {
    const path = '/p2b/builds?deploymentSource=pilotfish&payload=a%3Db';
    const etag = (await invoke(path)).headers.etag ?? '';
    const response = await invoke(path, 'GET', { 'if-none-match': etag });
    expect(response).toMatchObject({ status: 304 });
    expect(response.body).toBeUndefined();
  });

  it.each(['POST', 'PROPFIND'])('refuses the method %s', async (method) => {
    expect((await invoke('/p2b/builds', method)).status).toBe(405);
  });
});

describe('the entry point', () => {
  const start = async (settings: Record<string, string>): Promise<string> => {
    const entry = fileURLToPath(new URL('../../../backend/hosts/functions.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', entry], {
      env: { PATH: process.env.PATH, KUSTO_CLUSTER: kusto.url, KUSTO_DATABASE: 'D', ...settings },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return text(child.stderr);
  };

  it('registers a function for each API that it is told to serve, and for the probes', async () => {
    const output = await start({ AZURE_FUNCTIONS_ENVIRONMENT: 'Development', APIS: 'd2b,p2b' });
    // Outside of the Functions runtime, the library says what it would have registered.
    const registered = [...output.matchAll(/register function "(\w+)"/g)].map(([, name]) => name);
    expect(registered).toEqual(['d2b', 'p2b', 'health']);
  }, 60_000);

  it('refuses to serve without authentication in the cloud', async () => {
    expect(await start({})).toContain('AUTH must not be none outside of a development machine.');
  }, 60_000);
});
