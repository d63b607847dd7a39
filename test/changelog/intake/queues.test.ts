import { randomBytes } from 'node:crypto';
import { type ChangelogQueues, enqueueingSink, openQueues } from '../../../changelog/intake/queues.ts';
import { StoreUnavailableError } from '../../../changelog/store/row-store.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';

let azurite: Azurite;
let queues: ChangelogQueues;
let direct: Uint8Array[];
let names = 0;

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.close());

beforeEach(async () => {
  queues = await openQueues({ storage: azurite.connectionString, name: `events${names++}` });
  await queues.main.create();
  direct = [];
});

const put = (body: string | Uint8Array): Promise<void> =>
  enqueueingSink(queues, async (taken) => void direct.push(taken))(Buffer.from(body));

async function messages(): Promise<string[]> {
  const { peekedMessageItems } = await queues.main.peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => messageText);
}

describe('an event on its way to the queue', () => {
  it.each(['{"name":"Zoë 🚀"}', ' { "a": "<&>\\r\\n" } ', '[1, 2]', 'no JSON at all'])(
    'stays the text that it is: %j',
    async (text) => {
      await put(text);
      expect(await messages()).toEqual([text]);
    },
  );

  it.each([
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe])],
    ['a control character', Buffer.from('{"a":"\u0000"}')],
    ['ends of lines', Buffer.from('{\r\n\t"a": 1\n}')],
    ['a character that XML does not have', Buffer.from('{"a":"\uffff"}')],
  ])('becomes base64 where it holds %s', async (_what, bytes) => {
    await put(bytes);
    expect(await messages()).toEqual([bytes.toString('base64')]);
  });

  it('becomes an empty message if it is empty', async () => {
    await put('');
    expect(await messages()).toEqual(['""']);
  });

  it('is processed at once if it is too large for a message', async () => {
    const largest = 'x'.repeat(64 * 1024);
    await put(largest);
    await put(`${largest}x`);
    const noise = randomBytes(60 * 1024);
    await put(noise);
    expect(await messages()).toEqual([largest]);
    expect(direct.map((body) => body.length)).toEqual([largest.length + 1, noise.length]);
  });

  it('does not expire', async () => {
    await put('{}');
    const { peekedMessageItems } = await queues.main.peekMessages();
    expect(peekedMessageItems[0]?.expiresOn.getUTCFullYear()).toBe(9999);
  });

  it('does not count as durable while the queue does not accept it', async () => {
    await queues.main.delete();
    await expect(put('{}')).rejects.toThrow(StoreUnavailableError);
  });
});
