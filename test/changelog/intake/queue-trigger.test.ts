import { readFileSync } from 'node:fs';
import type { QueueNotice } from '../../../changelog/intake/queue-inlet.ts';
import {
  mostDeliveries,
  processTriggered,
  type TriggeredMessage,
} from '../../../changelog/intake/queue-trigger.ts';
import { type ChangelogQueues, openQueues } from '../../../changelog/intake/queues.ts';
import { ChangelogProcessor } from '../../../changelog/store/processor.ts';
import { StoreUnavailableError } from '../../../changelog/store/row-store.ts';
import { RowWriter } from '../../../changelog/store/row-writer.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { runEvent } from '../../support/changelog/events.ts';
import { MemoryRowStore } from '../../support/changelog/row-store.ts';
import { hostSettings } from '../../support/functions/host.ts';

const day = 24 * 60 * 60_000;
const insertionTime = new Date('2026-03-01T10:00:00Z');
let azurite: Azurite;
let queues: ChangelogQueues;
let store: MemoryRowStore;
let notices: QueueNotice[];
let names = 0;

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.close());

beforeEach(async () => {
  store = new MemoryRowStore();
  notices = [];
  queues = await openQueues({ storage: azurite.connectionString, name: `triggered${names++}` });
  await queues.main.create();
});

function trigger(message: unknown, fields: Partial<TriggeredMessage> = {}): Promise<void> {
  const processor = new ChangelogProcessor({ writer: new RowWriter(store, { flushAfterMs: 1 }) });
  const never = new Date(8.64e15);
  const delivery = { id: 'm', dequeueCount: 1, insertionTime, expirationTime: never, ...fields };
  const onNotice = (notice: QueueNotice): void => void notices.push(notice);
  return processTriggered({ message, ...delivery }, { processor, queues, onNotice });
}

async function onQueue(): Promise<string[]> {
  const { peekedMessageItems } = await queues.main.peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => messageText);
}

describe('a message that the Functions host delivers', () => {
  const event = runEvent({ runId: 5 });
  const json = JSON.stringify(event);

  it.each([
    ['parsed', event],
    ['as text', json],
    ['in base64', Buffer.from(json).toString('base64')],
    ['as bytes', Buffer.from(json)],
  ])('is committed: %s', async (_how, message) => {
    await trigger(message);
    expect(store.rowsOf('RunEvent')).toEqual([expect.objectContaining({ RunId: 5 })]);
    expect(notices).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['half of it', '{ "half": '],
  ])(
    'is delivered again while it is at fault, and is poison with its reason after five tries: %s',
    async (_what, message) => {
      await expect(trigger(message, { dequeueCount: 4 })).rejects.toThrow(/^The (?:message|JSON) is/);
      expect(await queues.poison.count()).toBe(0);
      await trigger(message, { dequeueCount: 5 });
      const [poison] = await queues.poison.list();
      expect(poison).toMatchObject({ tries: 5, firstSeen: insertionTime.toISOString() });
      expect(poison?.reason).toMatch(/^The (?:message|JSON) is/);
      expect(notices).toEqual([{ kind: 'poisoned', messageId: 'm', reason: poison?.reason, tries: 5 }]);
    },
  );

  it('is also poison if Kusto refuses its rows', async () => {
    store.refuses = () => true;
    await trigger(event, { dequeueCount: 5 });
    expect(await queues.poison.list()).toEqual([
      expect.objectContaining({ reason: 'A row is refused', body: json }),
    ]);
  });

  it('is never at fault for an outage, and is queued anew before the host gives it up', async () => {
    store.away = true;
    await expect(trigger(event, { dequeueCount: 5 })).rejects.toThrow(StoreUnavailableError);
    expect(await onQueue()).toEqual([]);
    await trigger(event, { dequeueCount: mostDeliveries - 1 });
    expect(await onQueue()).toEqual([json]);
    expect(await queues.poison.count()).toBe(0);
  });

  it('raises a notice if it expires soon', async () => {
    const week = {
      insertionTime: new Date(Date.now() - 6.5 * day),
      expirationTime: new Date(Date.now() + day / 2),
    };
    await trigger(event, { ...week, expirationTime: new Date(Date.now() + 2 * day) });
    expect(notices).toEqual([]);
    await trigger(event, week);
    expect(notices).toEqual([{ kind: 'nearExpiry', messageId: 'm', expiresAt: week.expirationTime }]);
  });
});

describe('host.json', () => {
  const { queues: settings, http } = hostSettings.extensions;

  it('delivers messages as they are, in batches of 32, as often as the trigger counts on', () => {
    expect(settings).toMatchObject({
      messageEncoding: 'none',
      batchSize: 32,
      maxDequeueCount: mostDeliveries,
    });
  });

  it('adds nothing to the paths of the contract', () => {
    expect(http.routePrefix).toBe('');
  });

  it('stands beside a package that begins where the Functions app does', () => {
    const { main } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(main).toBe('dist/backend/hosts/functions.js');
  });
});
