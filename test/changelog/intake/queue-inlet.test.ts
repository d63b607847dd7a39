import { randomBytes } from 'node:crypto';
import type { QueueClient } from '@azure/storage-queue';
import { PoisonQueue, poisonQueueName } from '../../../changelog/intake/poison-queue.ts';
import {
  ageOfOldestMessage,
  type QueueInlet,
  type QueueNotice,
  startQueueInlet,
} from '../../../changelog/intake/queue-inlet.ts';
import { ChangelogProcessor } from '../../../changelog/store/processor.ts';
import { RowWriter } from '../../../changelog/store/row-writer.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { hookEvent, runEvent } from '../../support/changelog/events.ts';
import { MemoryRowStore } from '../../support/changelog/row-store.ts';
import { until } from '../../support/until.ts';

let azurite: Azurite;
let store: MemoryRowStore;
let queue: QueueClient;
let poison: PoisonQueue;
let notices: QueueNotice[];
let inlet: QueueInlet | undefined;
let queues = 0;

beforeAll(async () => {
  azurite = await startAzurite();
});

afterAll(() => azurite.close());

beforeEach(async () => {
  store = new MemoryRowStore();
  notices = [];
  const name = `hooks${queues++}`;
  queue = azurite.service.getQueueClient(name);
  poison = new PoisonQueue(queue, azurite.service.getQueueClient(poisonQueueName(name)));
  await queue.create();
});

afterEach(async () => {
  await inlet?.stop();
  inlet = undefined;
});

function startInlet(options: Partial<Parameters<typeof startQueueInlet>[0]> = {}): void {
  const writer = new RowWriter(store, { flushAfterMs: 5 });
  const processor = new ChangelogProcessor({ writer });
  const onNotice = (notice: QueueNotice): void => void notices.push(notice);
  const fast = { idleMs: 20, retrySeconds: 0, longestPauseMs: 50 };
  inlet = startQueueInlet({ queue, poison, processor, onNotice, ...fast, ...options });
}

async function isEmpty(client: QueueClient): Promise<boolean> {
  const { peekedMessageItems } = await client.peekMessages();
  const { approximateMessagesCount } = await client.getProperties();
  return peekedMessageItems.length === 0 && approximateMessagesCount === 0;
}

describe('the queue', () => {
  it('is emptied into committed rows, from JSON and from base64 of it', async () => {
    const texts = Array.from({ length: 40 }, (_, i) => JSON.stringify(runEvent({ runId: i + 1 })));
    for (const [i, text] of texts.entries()) {
      await queue.sendMessage(i % 2 === 0 ? text : Buffer.from(text).toString('base64'));
    }
    startInlet();
    await until(() => isEmpty(queue));
    const runs = new Set(store.rowsOf('RunEvent').map(({ RunId }) => RunId));
    expect(runs.size).toBe(40);
  });

  it('gives a bad message to the poison queue after five tries, with its reason, and the others do not wait', async () => {
    await queue.sendMessage('{ "half": ');
    await queue.sendMessage(JSON.stringify(runEvent()));
    startInlet();
    await until(async () => (await poison.count()) === 1);
    expect(store.rowsOf('RunEvent')).toHaveLength(1);
    expect(await poison.list()).toEqual([
      {
        id: expect.any(String),
        reason: 'The message is neither JSON nor base64 of it',
        tries: 5,
        firstSeen: expect.stringMatching(/^\d{4}-.*Z$/),
        lastSeen: expect.stringMatching(/^\d{4}-.*Z$/),
        body: '{ "half": ',
      },
    ]);
    expect(notices).toContainEqual(expect.objectContaining({ kind: 'poisoned', tries: 5 }));
    expect(await isEmpty(queue)).toBe(true);
  });

  it('counts an unknown type and sets it aside, without poisoning', async () => {
    await queue.sendMessage(JSON.stringify(hookEvent('workitem.created', {})));
    startInlet();
    await until(() => isEmpty(queue));
    expect(store.rowsOf('SetAsideEvent')).toHaveLength(1);
    expect(await poison.count()).toBe(0);
  });

  it('keeps what it has while the store is unavailable, without counting a try', async () => {
    store.away = true;
    await queue.sendMessage(JSON.stringify(runEvent()));
    startInlet({ hiddenSeconds: 1 });
    await until(() => notices.filter(({ kind }) => kind === 'storeUnavailable').length > 20);
    store.away = false;
    await until(() => isEmpty(queue));
    expect(store.rowsOf('RunEvent')).toHaveLength(1);
    expect(await poison.count()).toBe(0);
  });

  it('gives back what it has not finished when it is stopped', async () => {
    store.away = true;
    await queue.sendMessage(JSON.stringify(runEvent()));
    startInlet();
    await until(() => notices.some(({ kind }) => kind === 'storeUnavailable'));
    await inlet?.stop();
    expect((await queue.peekMessages()).peekedMessageItems).toHaveLength(1);
  });

  it('warns of a message that expires within a day', async () => {
    const week = 7 * 24 * 3600;
    await queue.sendMessage(JSON.stringify(runEvent()), { messageTimeToLive: week });
    startInlet();
    await until(() => isEmpty(queue));
    expect(notices.map(({ kind }) => kind)).toEqual([]);
    await inlet?.stop();
    await queue.sendMessage(JSON.stringify(runEvent()), { messageTimeToLive: week });
    startInlet({ expiryWarningMs: week * 1000 - 1 });
    const sentAt = Date.now();
    await until(() => Date.now() > sentAt + 1);
    await until(() => isEmpty(queue));
    expect(notices.map(({ kind }) => kind)).toEqual(['nearExpiry']);
  });

  it('says how old its oldest message is', async () => {
    expect(await ageOfOldestMessage(queue)).toBe(0);
    await queue.sendMessage('x');
    expect(await ageOfOldestMessage(queue, Date.now() + 60_000)).toBeGreaterThan(50_000);
  });
});

describe('poison messages', () => {
  async function addThree(): Promise<void> {
    for (const body of ['one', 'two', 'three']) {
      await poison.add({ reason: 'why not', tries: 5, firstSeen: 'then', lastSeen: 'now', body });
    }
  }

  it('can be shown one by one', async () => {
    await addThree();
    const [, second] = await poison.list();
    expect(await poison.show(second?.id ?? '')).toEqual(second);
    expect(await poison.show('nothing')).toBeUndefined();
  });

  it('can be replayed: they are back on the queue as they came', async () => {
    await addThree();
    const [first] = await poison.list();
    expect(await poison.replay([first?.id ?? ''])).toBe(1);
    expect((await queue.peekMessages()).peekedMessageItems.map(({ messageText }) => messageText)).toEqual([
      'one',
    ]);
    expect((await poison.list()).map(({ body }) => body)).toEqual(['two', 'three']);
  });

  it('can be dropped, all at once', async () => {
    await addThree();
    expect(await poison.drop()).toBe(3);
    expect(await poison.list()).toEqual([]);
  });

  it('are listed beyond the 32 that peeking shows', async () => {
    for (let i = 0; i < 40; i++) {
      await poison.add({ reason: '', tries: 5, firstSeen: '', lastSeen: '', body: String(i) });
    }
    expect((await poison.list()).map(({ body }) => Number(body))).toEqual([...Array(40).keys()]);
  });

  it('keep their body when it fills a whole message', async () => {
    const json = JSON.stringify({ text: '"'.repeat(30_000) });
    const noise = randomBytes(48 * 1024).toString('base64');
    for (const body of [json, noise])
      await poison.add({ reason: 'r', tries: 5, firstSeen: '', lastSeen: '', body });
    expect((await poison.list()).map(({ body }) => body)).toEqual([json, noise]);
  });

  it('are none if there never were any', async () => {
    expect([await poison.count(), await poison.list(), await poison.drop()]).toEqual([0, [], 0]);
  });
});
