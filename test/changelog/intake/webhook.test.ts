import Fastify, { type FastifyInstance } from 'fastify';
import { webhookPath } from '../../../api/paths.ts';
import { processingSink, webhookInlet, webhookSecretHeader } from '../../../changelog/intake/webhook.ts';
import { ChangelogProcessor } from '../../../changelog/store/processor.ts';
import { RowWriter } from '../../../changelog/store/row-writer.ts';
import { runEvent } from '../../support/changelog/events.ts';
import { MemoryRowStore } from '../../support/changelog/row-store.ts';

const secret = 'correct horse battery staple';
const organizationSecrets = [
  { organization: 'contoso', secret: 'of contoso' },
  { organization: 'contoso', secret: 'the next of contoso' },
  { organization: 'fabrikam', secret: 'of fabrikam' },
];
let store: MemoryRowStore;
let app: FastifyInstance;
let url: string;

beforeEach(async () => {
  store = new MemoryRowStore();
  const writer = new RowWriter(store, { flushAfterMs: 1 });
  app = Fastify();
  const sink = processingSink(new ChangelogProcessor({ writer }));
  await webhookInlet(app, { secrets: [secret, 'the next one'], organizationSecrets, sink });
  url = `${await app.listen({ host: '127.0.0.1', port: 0 })}${webhookPath}`;
});

afterEach(() => app.close());

function post(body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', [webhookSecretHeader]: secret, ...headers },
  });
}

describe('the webhook', () => {
  it('answers 202 when the event is committed', async () => {
    const response = await post(JSON.stringify(runEvent()));
    expect(response.status).toBe(202);
    expect(store.rowsOf('RunEvent')).toHaveLength(1);
  });

  it.each(['', 'json', 'application/json; charset=\u00e9', 'text/xml'])(
    'takes the content type %j',
    async (type) => {
      const response = await post(JSON.stringify(runEvent()), { 'content-type': type });
      expect(response.status).toBe(202);
    },
  );

  it('takes the secret in its own header or as the password of basic authentication', async () => {
    const basic = Buffer.from(`hooks:${secret}`).toString('base64');
    const statuses = [
      (await post('{}', { [webhookSecretHeader]: 'the next one' })).status,
      (await fetch(url, { method: 'POST', body: '{}', headers: { authorization: `Basic ${basic}` } })).status,
    ];
    expect(statuses).toEqual([202, 202]);
  });

  it.each([
    ['no secret', {}],
    ['a wrong secret', { [webhookSecretHeader]: 'wrong' }],
    ['an empty secret', { [webhookSecretHeader]: '' }],
    ['a wrong password', { authorization: `Basic ${Buffer.from('hooks:wrong').toString('base64')}` }],
    ['a token', { authorization: `Bearer ${secret}` }],
  ])('answers 401 to %s, and stores nothing', async (_what, headers) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(runEvent()), headers });
    expect(response.status).toBe(401);
    const text = await response.text();
    expect(text).not.toContain(secret);
    expect(JSON.parse(text)).toMatchObject({ code: '401', traceId: expect.any(String) });
    expect(store.appends).toEqual([]);
  });

  it.each([
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
  ])('sets %s aside with the reason', async (_what, body) => {
    expect((await post(body)).status).toBe(202);
    expect(store.rowsOf('SetAsideEvent')).toEqual([
      expect.objectContaining({ Reason: expect.stringMatching(/^The message is/) }),
    ]);
  });

  it('sets an event aside whose rows are refused', async () => {
    store.refuses = (row) => 'RunName' in row;
    const event = runEvent({ id: 'refused' });
    expect((await post(JSON.stringify(event))).status).toBe(202);
    expect(store.rowsOf('SetAsideEvent')).toEqual([
      expect.objectContaining({
        EventId: 'refused',
        EventType: 'ms.vss-pipelines.run-state-changed-event',
        Reason: 'A row is refused',
        Body: JSON.stringify(event),
      }),
    ]);
  });

  it('answers 503 with Retry-After while the store is unavailable, so that Azure DevOps delivers again', async () => {
    store.away = true;
    const response = await post(JSON.stringify(runEvent()));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10']);
  });

  it('answers 413 to a body over the limit', async () => {
    expect((await post(Buffer.alloc(1024 * 1024 + 1, 0x20))).status).toBe(413);
  });

  describe('with the secret of an organization', () => {
    const postWith = (given: string, body: string) => post(body, { [webhookSecretHeader]: given });

    it.each(['of contoso', 'the next of contoso'])(
      '(%s) takes its events, from either form of its address',
      async (given) => {
        for (const organizationUrl of ['https://dev.azure.com/Contoso/', 'https://contoso.visualstudio.com/'])
          expect((await postWith(given, JSON.stringify(runEvent({ organizationUrl })))).status).toBe(202);
        expect(store.rowsOf('RunEvent').map(({ OrganizationName }) => OrganizationName)).toEqual([
          'contoso',
          'contoso',
        ]);
      },
    );

    it('refuses events of another, in base64 too, and stores nothing', async () => {
      const event = JSON.stringify(runEvent({ organizationUrl: 'https://dev.azure.com/contoso/' }));
      for (const body of [event, Buffer.from(event).toString('base64')]) {
        const answer = await postWith('of fabrikam', body);
        expect([answer.status, await answer.json()]).toEqual([
          403,
          { code: '403', message: 'The secret is for events of the organization fabrikam only.' },
        ]);
      }
      expect(store.appends).toEqual([]);
    });

    it('sets aside what names no organization, as ever', async () => {
      for (const body of ['{}', 'hello']) expect((await postWith('of contoso', body)).status).toBe(202);
      expect(store.rowsOf('SetAsideEvent')).toHaveLength(2);
    });
  });
});
