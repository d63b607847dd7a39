/**
 * A query with parameters that looks short runs in the engine's own thread. Where it is not short, it is moved to a
 * process that is ended with its time, and others are answered meanwhile.
 */
import { ClientRequestProperties } from 'azure-kusto-data';
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

const DECLARED =
  'declare query_parameters(key: string = "hot", pattern: string = ".*[^A-Z]|[A-Z]", list: dynamic = dynamic([]));';
const FEW_SECONDS = 3000;

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine({ lanes: 'thread' });
  await engine.rows('.create table T (k: string, n: long)');
  await engine.rows('.set-or-append T <| range n from 1 to 3000 step 1 | project k = "hot", n');
  await engine.rows('.append T <| range n from 1 to 1000 step 1 | project k = tostring(n), n');
  await engine.rows('.create function Of(key: string) { T | where k == key }');
  await indexed();
});
afterAll(() => engine.close());

/** Waits for the index, with which a scan becomes a lookup: it is made once commands are quiet. */
async function indexed(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await engine.rows('.show tables');
}

async function ask(query: string, parameters: Readonly<Record<string, unknown>>): Promise<unknown> {
  const properties = new ClientRequestProperties({ servertimeout: FEW_SECONDS }, parameters);
  try {
    const answer = await engine.client.execute(engine.database, `${DECLARED} ${query}`, properties);
    return answer.primaryResults[0]?._rows;
  } catch (error) {
    const { response } = error as { response?: { status: number; data: { error: { code: string } } } };
    return response ? `${response.status} ${response.data.error.code}` : String(error);
  }
}

const numbers = JSON.stringify(Array.from({ length: 1000 }, (_, n) => n));

const ENDLESS = [
  // Each match looks at all of a long text.
  "print countof(strrep(strrep('A', 1000), 1000), pattern, 'regex')",
  "print s = strrep(strrep('A', 1000), 1000) | project replace_regex(s, pattern, '')",
  // The same, where it might be computed when the query is compiled.
  "print countof(strrep(strrep('A', 1000), 1000), '.*[^A-Z]|[A-Z]', 'regex')",
  // Each row with each row, and nothing of ours is called.
  'Of(key) | join kind=inner Of(key) on k | join kind=inner Of(key) on k | where n + n1 + n2 < 0 | count',
  'let rows = materialize(Of(key)); rows | join kind=inner rows on k | join kind=inner rows on k | where n + n1 + n2 < 0 | count',
  'Of(key) | join kind=leftouter Of(key) on k | join kind=leftouter Of(key) on k | summarize max(n + n1 + n2)',
  // Functions and aggregates of ours, over many rows.
  'Of(key) | join kind=inner Of(key) on k | summarize stdev(n * n1), make_set(n * n1)',
  'Of(key) | join kind=inner Of(key) on k | where strcat(reverse(n), n1, reverse(n1)) has "x" | count',
  'print a = list, b = list, c = list | mv-expand a | mv-expand b | mv-expand c | count',
];

test('others are answered during queries that take long, which end when their time is up', async () => {
  const long = Promise.all(ENDLESS.map((query) => ask(query, { list: numbers })));
  for (let key = 1; key <= 10; key++) {
    expect(await ask('Of(key) | project n', { key: String(key) })).toEqual([[key]]);
  }
  const timeout = '504 Timeout';
  expect(await long).toEqual(ENDLESS.map(() => timeout));
  expect(await ask('Of(key) | project n', { key: '5' })).toEqual([[5]]);
});
