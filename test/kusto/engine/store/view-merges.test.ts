/** A materialized view gives what its query gives over all rows, however these came in. */
import fc from 'fast-check';
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
  await setUp();
});
afterAll(() => engine.close());

interface Event {
  readonly key: string;
  readonly region: number | null;
  readonly at: number;
  readonly amount: number | null;
}

/** Times are distinct, since of two equal ones any may win; copies of one event are equal in all. */
const events = fc
  .uniqueArray(
    fc.record({
      key: fc.constantFrom('a', 'A', '', 'é'),
      region: fc.option(fc.integer({ min: 0, max: 2 })),
      at: fc.integer({ min: 1, max: 500 }),
      amount: fc.option(fc.integer({ min: -5, max: 5 })),
    }),
    { selector: ({ at }) => at, minLength: 1, maxLength: 40 },
  )
  .chain((unique) =>
    fc
      .shuffledSubarray([...unique, ...unique.slice(0, 5)], { minLength: unique.length })
      .chain((shuffled) =>
        fc
          .array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 8 })
          .map((sizes) => batches(shuffled, sizes)),
      ),
  );

function batches(all: readonly Event[], sizes: readonly number[]): Event[][] {
  const cut: Event[][] = [];
  for (let from = 0, turn = 0; from < all.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    cut.push(all.slice(from, from + size));
    from += size;
  }
  return cut;
}

const csv = ({ key, region, at, amount }: Event) =>
  `"${key}",${region ?? ''},${new Date(Date.UTC(2024, 0, 1, 0, at)).toISOString()},${amount ?? ''}`;

const VIEWS = {
  Latest: 'E | summarize arg_max(At, *) by Key, Region',
  Earliest: 'E | where Amount >= 0 | extend Half = Amount / 2.0 | summarize arg_min(At, Amount, Half) by Key',
  Totals:
    'E | summarize Sum = sum(Amount), Count = count(), Min = min(Amount), Max = max(Amount), Last = max(At) by Region',
  Renamed: 'E | project K = tolower(Key), At, N = Amount | summarize arg_max(At, *) by K',
};

async function setUp(): Promise<void> {
  await engine.rows('.create table E (Key: string, Region: int, At: datetime, Amount: long)');
  for (const [name, query] of Object.entries(VIEWS)) {
    await engine.rows(`.create materialized-view ${name} on table E { ${query} }`);
  }
}

const sorted = (rows: unknown[][]) => rows.map((row) => JSON.stringify(row)).sort();

it.each(Object.keys(VIEWS))('%s', async (name) => {
  const query = VIEWS[name as keyof typeof VIEWS];
  await fc.assert(
    fc.asyncProperty(events, async (all) => {
      await engine.rows('.clear table E data');
      await engine.rows(`.clear materialized-view ${name} data`);
      for (const batch of all) {
        await engine.rows(`.ingest inline into table E <|\n${batch.map(csv).join('\n')}`);
      }
      const { primaryResults } = await engine.client.execute(null, `${name} | take 0`);
      const projected = primaryResults[0]?.columns.map((column) => `['${column.name}']`).join(', ');
      expect(sorted(await engine.rows(`${name} | project ${projected}`))).toEqual(
        sorted(await engine.rows(`${query} | project ${projected}`)),
      );
    }),
    { numRuns: 25 },
  );
});

it('a view takes in rows that a query appends to its source, as one batch', async () => {
  await engine.rows('.clear table E data');
  for (const name of ['Latest', 'Totals']) await engine.rows(`.clear materialized-view ${name} data`);
  await engine.rows('.ingest inline into table E <| a,1,2024-01-01,1\na,1,2024-01-02,2');
  await engine.rows('.append E <| E | extend At = At + 10d');
  expect(await engine.rows('Latest | project At')).toEqual([['2024-01-12T00:00:00.0000000Z']]);
  expect(await engine.rows('Totals | project Sum, Count')).toEqual([[6, 4]]);
});
