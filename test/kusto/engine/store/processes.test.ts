/** What processes of their own are for: nothing that takes long keeps others waiting, and it can be ended. */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEngine, DEFAULT_DATABASE } from '../../../../kusto/engine/engine.ts';
import { dataFolder } from '../../../support/engine/data-folder.ts';
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine({ lanes: 'processes' });
  await engine.rows('.create table T (k: string, n: long)');
  await engine.rows('.set-or-append T <| range n from 1 to 100000 step 1 | project k = tostring(n), n');
  await engine.rows('.create function Of(key: string) { T | where k == key }');
});
afterAll(() => engine.close());

/** Takes minutes: every row beside every row. */
const ENDLESS = 'T | extend one = 1 | join kind=inner (T | extend one = 1) on one | where n + n1 < 0 | count';

/** The same over no table. */
const ENDLESS_RANGE = ENDLESS.replaceAll('T |', 'range n from 1 to 100000 step 1 |');
const TWO_SECONDS = { Options: { servertimeout: '00:00:06' } };

it('a query that runs out of time is ended, and its process with it', async () => {
  const refusal = await engine.refusal(ENDLESS, { servertimeout: 1000 });
  expect(refusal).toMatchObject({ status: 504, code: 'Timeout' });
  expect(await engine.rows("Of('5')")).toEqual([['5', 5]]);
});

it('a command that runs out of time is ended, with nothing done', async () => {
  const refusal = await engine.refusal(`.set U <| ${ENDLESS}`, { servertimeout: 1000 });
  expect(refusal.code).toBe('Timeout');
  expect(await engine.rows('.show tables | project TableName')).toEqual([['T']]);
  await engine.rows('.append T <| print k = "after", n = long(0)');
});

it('lookups are answered while long queries run on every reader', async () => {
  await engine.rows("Of('5')");
  const long = [1, 2, 3].map(() => engine.refusal(ENDLESS, { servertimeout: 8000 }));
  let answered = 0;
  const ended = Promise.all(long).then(() => 'ended');
  for (let key = 1; key <= 5; key++) {
    const first = await Promise.race([engine.rows(`Of('5')`), ended]);
    if (first !== 'ended') answered += 1;
  }
  expect(answered).toBe(5);
  for (const refusal of await Promise.all(long)) expect(refusal.code).toBe('Timeout');
});

it('readers see the last commit while a long write runs, and the whole of it afterwards', async () => {
  const count = async () => Number((await engine.rows('T | count'))[0]?.[0]);
  const before = await count();
  let running = true;
  const write = engine
    .rows('.append T <| range n from 1 to 300000 step 1 | project k = tostring(n), n')
    .finally(() => {
      running = false;
    });
  const seen = new Set<number>();
  while (running) seen.add(await count());
  await write;
  seen.add(await count());
  expect([...seen].every((rows) => rows === before || rows === before + 300_000)).toBe(true);
  expect(await count()).toBe(before + 300_000);
});

it('an engine closes in order while a query runs whose client has gone', async () => {
  const folder = dataFolder();
  const closing = await createEngine({ dataDir: folder.path, port: 0 });
  const body = JSON.stringify({ db: DEFAULT_DATABASE, csl: ENDLESS_RANGE, properties: TWO_SECONDS });
  const headers = { 'content-type': 'application/json' };
  const gone = new AbortController();
  const asked = fetch(`${closing.url}/v2/rest/query`, { method: 'POST', headers, body, signal: gone.signal });
  await sleep(3000);
  gone.abort();
  await asked.catch(() => undefined);
  await closing.close();
  expect(readdirSync(folder.path).sort()).toEqual(['NetDefaultDB.sqlite', 'engine.lock']);
  folder.remove();
});
