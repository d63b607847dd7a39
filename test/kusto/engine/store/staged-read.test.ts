/** What builds on shared rows again and again runs in stages: the answers are those of the same query written out. */
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
  await engine.rows('.create table T (k: string, n: long)');
  await engine.rows('.set-or-append T <| range n from 1 to 10 step 1 | project k = tostring(n), n');
});
afterAll(() => engine.close());

/** `first`, and after it `count` lets, each of which uses the one before it twice. */
function building(first: string, count: number, next: string, last: string): string {
  const levels = Array.from(
    { length: count },
    (_, level) => `let rows${level + 1} = materialize(union rows${level}, rows${level} | ${next});`,
  );
  return [`let rows0 = materialize(${first});`, ...levels, last].join('\n');
}

test('what builds on shared rows fifteen times over has its values and its order', async () => {
  const query = (key: number) =>
    building(
      `T | where n == ${key} | project k, n, m = datetime(2026-01-01) + n * 1m, b = n > 5, r = 1.5 * n, at = 0`,
      15,
      'summarize n = sum(n) % 1009, m = max(m), b = max(b), r = max(r) by k | order by k asc | extend at = row_number()',
      'rows15 | join kind=inner rows14 on k | project k, n, m, b, r, at, before = n1',
    );
  for (const key of [7, 8, 7]) {
    const sums: number[] = [];
    for (let level = 0; level < 15; level++) sums.push(((sums.at(-1) ?? key) * 2) % 1009);
    expect(await engine.rows(query(key))).toEqual([
      [String(key), sums[14], `2026-01-01T00:0${key}:00.0000000Z`, key > 5, 1.5 * key, 1, sums[13]],
    ]);
  }
});

test('a query that failed half-way is answered the next time, and after many others', async () => {
  const summed = (value: string) =>
    building(`T | summarize n = sum(${value})`, 12, 'summarize n = sum(n) / 2', 'rows12 | project n');
  const endsAt = (limit: number) =>
    `let most = toscalar(T | where n <= ${limit} | summarize max(n)); ${summed('iff(most > 9, 9000000000000000000, n)')}`;
  const refusal = await engine.refusal(endsAt(10));
  expect(refusal).toMatchObject({
    status: 400,
    message: expect.stringContaining('beyond the range of long'),
  });
  await engine.rows('.delete table T records <| T | where n == 10');
  expect(await engine.rows(endsAt(10))).toEqual([[45]]);
  // More than are kept prepared.
  for (let n = 0; n < 11; n++) expect(await engine.rows(summed(`n + ${n}`))).toEqual([[45 + 9 * n]]);
  expect(await engine.rows(endsAt(10))).toEqual([[45]]);
});
