/** Pages of other sites, in a real browser, cannot reach what listens on loopback: by forms, scripts or DNS rebinding. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { openKusto } from '../../kusto/client/client.ts';
import { launchOptions } from '../support/browser/chromium.ts';
import { type PortName, type Product, portNames, startProduct } from '../support/security/product.ts';
import { rawRequest, sendRaw } from '../support/security/raw-request.ts';

const evil = 'evil.example';
const drop = '{"db":"NetDefaultDB","csl":".create table Attacked (x: string)","x":"="}';

let product: Product;
let site: Server;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  product = await startProduct();
  site = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>Hello</h1>'));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  // The attacker's name resolves to this machine, as it does after DNS rebinding.
  const args = [...launchOptions.args, `--host-resolver-rules=MAP ${evil} 127.0.0.1`];
  browser = await chromium.launch({ ...launchOptions, args });
  page = await browser.newPage();
  await page.goto(`http://${evil}:${(site.address() as AddressInfo).port}/`);
});
afterAll(async () => {
  await browser.close();
  site.close();
  await product.stop();
});

/** The tables of the engine that wants no token. */
async function tables(): Promise<unknown[]> {
  const kusto = openKusto({
    cluster: product.origins.served,
    database: 'NetDefaultDB',
    auth: { mode: 'none' },
  });
  const rows = await kusto.command('.show tables');
  kusto.close();
  return rows.map(({ TableName }) => TableName);
}

it('a form of another site gives the engine no commands', async () => {
  const answer = page.waitForResponse((response) => response.url().includes('/v1/rest/mgmt'));
  // Sent as `name=value`, which is the JSON of the command.
  const [name = '', value = ''] = drop.split('=');
  await page.setContent(
    `<form method="post" action="${product.origins.served}/v1/rest/mgmt" enctype="text/plain" target="sink">
       <input name='${name}' value='${value}'><button>Win a prize</button>
     </form><iframe name="sink"></iframe>`,
  );
  await page.getByRole('button').click();
  expect((await answer).status()).toBe(403);
  expect(await tables()).toEqual([]);
});

it.each(['text/plain', 'application/json'])(
  'a script of another site neither, with a body of %s',
  async (type) => {
    for (const port of ['served', 'engine'] as const) {
      const outcome = await page.evaluate(
        async ({ url, body, contentType }) => {
          const options = { method: 'POST', body, headers: { 'content-type': contentType } };
          await fetch(url, { ...options, mode: 'no-cors' }).catch(() => undefined);
          return fetch(url, options).then(
            ({ status }) => `read ${status}`,
            () => 'unreadable',
          );
        },
        { url: `${product.origins[port]}/v1/rest/mgmt`, body: drop, contentType: type },
      );
      expect(outcome).toBe('unreadable');
    }
    expect(await tables()).toEqual([]);
  },
);

describe.each(portNames)('a name of the attacker that resolves to this machine (%s)', (port) => {
  it('is refused by its Host', async () => {
    const rebound = product.origins[port].replace('127.0.0.1', evil);
    const paths = {
      api: '/health/live',
      engine: '/health',
      served: '/health',
      page: '/',
      files: '/build-results.html',
    };
    const response = await page.context().request.get(product.origins[port] + paths[port]);
    expect(response.status()).toBe(200);
    // Same origin for the browser, so the page may read whatever it gets.
    const attacker = await browser.newPage();
    const answer = await attacker.goto(rebound + paths[port]);
    expect(answer?.status()).toBe(403);
    expect(await attacker.content()).not.toContain('"status":"ok"');
    if (port === 'served') {
      const read = await attacker.evaluate(async (body) => {
        const options = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
        return (await fetch('/v1/rest/mgmt', options)).status;
      }, drop);
      expect(read).toBe(403);
      expect(await tables()).toEqual([]);
    }
    await attacker.close();
  });
});

describe.each(portNames)('a request to the %s', (port) => {
  const paths: Readonly<Record<PortName, string>> = {
    api: '/b2d/deployments',
    engine: '/v1/rest/ping',
    served: '/v1/rest/ping',
    page: '/config.json',
    files: '/build-results.html',
  };
  const statusWith = async (headers: Readonly<Record<string, string>>) => {
    const origin = product.origins[port];
    return (await sendRaw(origin, rawRequest(origin, { path: paths[port], headers }))).status;
  };
  const own = () => new URL(product.origins[port]).port;

  it.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('may name the host %s', async (name) => {
    const host = `${name}:${own()}`;
    const expected = port === 'api' ? 400 : 200;
    expect(await statusWith({ host })).toBe(expected);
    expect(await statusWith({ host, origin: `http://${host}` })).toBe(expected);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '10.0.0.1',
    '0.0.0.0',
    '[::]',
    '127.0.0.1@evil',
  ])('may not name the host %s', async (name) => {
    expect(await statusWith({ host: `${name}:${own()}` })).toBe(403);
  });

  it('may not name another port, or no host', async () => {
    expect(await statusWith({ host: 'localhost:1' })).toBe(403);
    expect(await statusWith({ host: 'localhost' })).toBe(403);
    expect(await statusWith({ host: '' })).toBe(403);
  });

  it.each([
    'null',
    'https://evil.example',
    'http://localhost',
    'http://localhost:9',
    'https://localhost',
    'file://',
    '',
  ])('may not come from a page of %j', async (origin) => {
    expect(await statusWith({ origin })).toBe(403);
  });
});

describe('the engine of npm start', () => {
  const ask = async (headers: Readonly<Record<string, string>>, csl = '.show tables') => {
    const origin = product.origins.engine;
    const path = csl.startsWith('.') ? '/v1/rest/mgmt' : '/v2/rest/query';
    const body = JSON.stringify({ db: 'NetDefaultDB', csl });
    const all = { 'content-type': 'application/json', ...headers };
    return sendRaw(origin, rawRequest(origin, { method: 'POST', path, headers: all, body }));
  };

  it.each(['', 'Bearer', 'Bearer x', 'Basic x'])(
    'answers nothing with the authorization %j',
    async (authorization) => {
      for (const text of ['.show tables', 'print 1', '.drop table ChangeEvent']) {
        const { status, text: answer } = await ask({ authorization }, text);
        expect(status).toBe(401);
        expect(answer).not.toContain(product.token);
      }
    },
  );

  it('takes no rows without the token', async () => {
    const origin = product.origins.engine;
    const request = { method: 'POST', path: '/v1/rest/ingest/NetDefaultDB/ChangeEvent', body: 'x' };
    expect((await sendRaw(origin, rawRequest(origin, request))).status).toBe(401);
  });

  it('answers with the token', async () => {
    const { status, text } = await ask({ authorization: `Bearer ${product.token}` });
    expect(status).toBe(200);
    expect(text).toContain('ChangeEvent');
  });
});

it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
  'no engine takes a query as %j',
  async (type) => {
    const origin = product.origins.served;
    for (const path of ['/v1/rest/mgmt', '/v2/rest/query', '/v1/rest/query']) {
      const request = { method: 'POST', path, headers: { 'content-type': type }, body: drop };
      expect((await sendRaw(origin, rawRequest(origin, request))).status).toBe(415);
    }
  },
);
