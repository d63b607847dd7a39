import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openQueues } from '../../../changelog/intake/queues.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { runCommand } from '../../support/command-line.ts';

let azurite: Azurite;
let queueName: string;
let queues: Awaited<ReturnType<typeof openQueues>>;

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.close());

beforeEach(async () => {
  queueName = `events-${crypto.randomUUID().slice(0, 8)}`;
  queues = await openQueues({ storage: azurite.connectionString, name: queueName });
  await queues.main.createIfNotExists();
});

const environment = () => ({ CHANGELOG_STORAGE: azurite.connectionString, CHANGELOG_QUEUE: queueName });
const poison = (...argv: string[]) => runCommand(['changelog', 'poison', ...argv], environment());

const addPoison = (body: string) =>
  queues.poison.add({
    reason: 'The message is neither JSON nor base64 of it',
    tries: 5,
    firstSeen: '2026-03-01T10:00:00.000Z',
    lastSeen: '2026-03-01T10:05:00.000Z',
    body,
  });

const idOf = async (body: string): Promise<string> => {
  const message = (await queues.poison.list()).find((candidate) => candidate.body === body);
  if (message === undefined) throw new Error(`no poison message ${body}`);
  return message.id;
};

describe('changelog poison', () => {
  test('says that there is none', async () => {
    expect(await poison('list')).toMatchObject({ exitCode: 0, out: 'No poison messages.' });
  });

  test('lists messages with their reasons, and ends with 1 so that a timer notices', async () => {
    await addPoison('rubbish');
    const { exitCode, out } = await poison('list');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/ID +TRIES +FIRST SEEN +LAST SEEN +REASON/);
    expect(out).toMatch(
      / 5 +2026-03-01T10:00:00\.000Z +2026-03-01T10:05:00\.000Z +The message is neither JSON/,
    );
    expect(JSON.parse((await poison('list', '--json')).out)).toMatchObject({
      messages: [{ tries: 5, body: 'rubbish' }],
    });
  });

  test('shows one as it came', async () => {
    await addPoison('{"half":');
    const id = await idOf('{"half":');
    const { exitCode, out } = await poison('show', id);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^reason +The message is neither/m);
    expect(out.endsWith('\n\n{"half":')).toBe(true);
    expect(JSON.parse((await poison('show', id, '--json')).out)).toMatchObject({ id, body: '{"half":' });
  });

  test('knows no message with another id', async () => {
    const { exitCode, err } = await poison('show', 'nonsense');
    expect(exitCode).toBe(2);
    expect(err).toMatch(/'id'.*no poison message nonsense/);
  });

  test('puts the named messages back on the queue, and keeps the others', async () => {
    await addPoison('one');
    await addPoison('two');
    const { exitCode, out } = await poison('replay', await idOf('one'));
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: '1 message put back' });
    const { peekedMessageItems } = await queues.main.peekMessages();
    expect(peekedMessageItems.map(({ messageText }) => messageText)).toEqual(['one']);
    expect((await queues.poison.list()).map(({ body }) => body)).toEqual(['two']);
  });

  test('deletes all of them on request', async () => {
    await addPoison('one');
    await addPoison('two');
    expect(await poison('drop', '--all')).toMatchObject({ exitCode: 0, out: '2 messages deleted' });
    expect(await queues.poison.list()).toEqual([]);
  });

  test('says that some of the named messages do not exist', async () => {
    await addPoison('one');
    const { exitCode, out, err } = await poison('drop', await idOf('one'), 'nonsense');
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '1 message deleted' });
    expect(err).toMatch(/do not exist/);
  });

  test.each([[[]], [['an-id', '--all']]])('asks which messages, given %j', async (argv) => {
    const { exitCode, err } = await poison('replay', ...argv);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/'ids' or option '--all'/);
  });

  test('names the variable that is missing or wrong', async () => {
    const missing = await runCommand(['changelog', 'poison', 'list']);
    expect(missing.exitCode).toBe(2);
    expect(missing.err).toMatch(/\$CHANGELOG_STORAGE is not set/);
    const wrong = await runCommand(['changelog', 'poison', 'list'], {
      ...environment(),
      CHANGELOG_QUEUE: 'A b',
    });
    expect(wrong.exitCode).toBe(2);
    expect(wrong.err).toMatch(/\$CHANGELOG_QUEUE must be/);
  });

  test('ends with 3 and without the key where the account refuses', async () => {
    const storage = azurite.connectionString.replace(/AccountKey=[^;]+/, 'AccountKey=d3Jvbmcta2V5');
    const { exitCode, err } = await runCommand(['changelog', 'poison', 'list'], {
      ...environment(),
      CHANGELOG_STORAGE: storage,
    });
    expect(exitCode).toBe(3);
    expect(err).toMatch(/^error: the storage queue refused or did not answer/);
    expect(err).not.toContain('d3Jvbmcta2V5');
  });
});
