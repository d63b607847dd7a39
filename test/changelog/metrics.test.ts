import { eventOfObject } from '../../changelog/events/decode.ts';
import { type ChangelogQueues, openQueues } from '../../changelog/intake/queues.ts';
import { type ChangelogMetrics, type MetricsWatchOptions, startWatch } from '../../changelog/metrics.ts';
import { ChangelogProcessor } from '../../changelog/store/processor.ts';
import { RowWriter } from '../../changelog/store/row-writer.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { hookEvent, runEvent } from '../support/changelog/events.ts';
import { MemoryRowStore } from '../support/changelog/row-store.ts';
import { until } from '../support/until.ts';

let azurite: Azurite;
let queues: ChangelogQueues;
let writer: RowWriter;
let processor: ChangelogProcessor;
let lines: { readonly message: string; readonly fields: object }[];
let stop: () => void = () => undefined;
let names = 0;

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.close());

beforeEach(async () => {
  queues = await openQueues({ storage: azurite.connectionString, name: `watched${names++}` });
  writer = new RowWriter(new MemoryRowStore(), { flushAfterMs: 1 });
  processor = new ChangelogProcessor({ writer });
  lines = [];
});
afterEach(() => stop());

function watch(options: Partial<MetricsWatchOptions> = {}): () => ChangelogMetrics {
  const log = (fields: object, message: string): void => void lines.push({ message, fields });
  const watching = startWatch({
    counts: processor.counts,
    writer,
    queues,
    log: { info: log, warn: log },
    everyMs: 5,
    ...options,
  });
  stop = watching.stop;
  return watching.metrics;
}

/** The next line that is logged with this message. */
async function next(message: string): Promise<object> {
  lines.length = 0;
  let fields: object | undefined;
  await until(() => {
    fields = lines.find((line) => line.message === message)?.fields;
    return fields;
  });
  return fields ?? {};
}

test('a line of the log has the counts, the waiting rows and the state of the queues', async () => {
  await queues.main.create();
  await queues.main.sendMessage('{}');
  await queues.poison.add({ reason: 'r', tries: 5, firstSeen: '', lastSeen: '', body: 'b' });
  const metrics = watch();
  await processor.process(eventOfObject(runEvent()));
  await processor.process(eventOfObject(runEvent()));
  await processor.process(eventOfObject(hookEvent('workitem.created', {})));
  const line = await next('changelog: metrics');
  expect(line).toEqual({
    understood: { 'ms.vss-pipelines.run-state-changed-event': 2 },
    setAside: { 'workitem.created': 1 },
    waitingRows: 0,
    oldestMessageAgeSeconds: expect.any(Number),
    poisonMessages: 1,
  });
  expect(metrics()).toEqual(line);
});

test('a queue that falls behind raises a warning', async () => {
  await queues.main.create();
  watch({ oldAfterSeconds: -1 });
  expect(await next('changelog: the queue is falling behind')).toEqual({ oldestMessageAgeSeconds: 0 });
});

test('a queue that does not answer raises a warning, and its numbers are left out', async () => {
  const metrics = watch();
  expect(await next('changelog: the queue does not answer')).toHaveProperty('err');
  expect(metrics()).toMatchObject({ oldestMessageAgeSeconds: undefined, poisonMessages: undefined });
});

test('without a queue there are the other numbers', async () => {
  watch({ queues: undefined });
  expect(await next('changelog: metrics')).toMatchObject({ understood: {}, waitingRows: 0 });
});
