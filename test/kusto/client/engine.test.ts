/** Commands and ingestion against a real engine. */
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import { KustoError } from '../../../kusto/client/errors.ts';
import { callFunction, KustoFunction } from '../../../kusto/client/function-call.ts';
import { startTestEngine, type TestEngine } from '../../support/engine/engine.ts';

let engine: TestEngine;
let kusto: KustoClient;

beforeAll(async () => {
  engine = await startTestEngine();
  kusto = openKusto({ cluster: engine.url, database: engine.database, auth: { mode: 'none' } });
});

afterAll(async () => {
  kusto.close();
  await engine.close();
});

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
}

describe('a command', () => {
  it('gives its rows by column name', async () => {
    await kusto.command('.create table Commanded (A: string, B: long)');
    expect(await kusto.command('.show tables')).toContainEqual(
      expect.objectContaining({ TableName: 'Commanded', DatabaseName: engine.database }),
    );
  });

  it('that is refused fails with the reason in words of Kusto', async () => {
    const error = await failureOf(kusto.command('.create table Wrong (A: money)'));
    expect(error).toBeInstanceOf(KustoError);
    expect(error).toMatchObject({ kind: 'defect', status: 400, code: expect.any(String) });
    expect(error).toMatchObject({ message: expect.stringContaining('money') });
    expect(error).not.toMatchObject({ message: expect.stringContaining('{') });
  });
});

describe('a query', () => {
  it('gives its rows by column name, with every digit of a time', async () => {
    const rows = await kusto.query(
      'declare query_parameters(A: string); print A = A, B = 1, C = datetime(2024-01-02T03:04:05.1234567Z)',
      { A: "x'y" },
    );
    expect(rows).toEqual([{ A: "x'y", B: 1, C: '2024-01-02T03:04:05.1234567Z' }]);
  });

  it('without parameters and options has none to declare', async () => {
    expect(await kusto.query('print A = 1')).toEqual([{ A: 1 }]);
  });

  it('gets every text as it is, also one that reads like a literal', async () => {
    const texts = [
      '"a"',
      "'a'",
      '@"a\\b"',
      'h"x"',
      "@h'x'",
      '"',
      '"a\n\\"b',
      'a"b',
      '\\',
      '',
      "it's",
      '"é😀\0"',
    ];
    const echo = new KustoFunction('Echo', { s: 'string' });
    await kusto.command('.create-or-alter function Echo(s: string) { print s = s }');
    for (const s of texts) expect(await callFunction(kusto, echo, { s })).toEqual([{ s }]);
  });

  it('cannot change anything', async () => {
    const error = await failureOf(kusto.query('.drop table Commanded'));
    expect(error).toMatchObject({ kind: 'defect' });
  });
});

describe('ingested rows', () => {
  const columns = ['Text', 'Number', 'Flag', 'Time', 'Json'];

  beforeAll(() =>
    kusto.command(
      '.create table Ingested (Text: string, Number: long, Flag: bool, Time: datetime, Json: dynamic)',
    ),
  );

  it('are there when ingestion returns, with every cell as it was', async () => {
    const text = 'a "quoted", two-\nline ünïcode | text';
    const time = new Date('2024-01-02T03:04:05.678Z');
    await kusto.ingest('Ingested', columns, [
      { Text: text, Number: 7, Flag: true, Time: time, Json: { a: ['b', null] } },
      { Text: 'second' },
    ]);
    const rows = await kusto.query('Ingested | order by Text asc');
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({
      Text: text,
      Number: 7,
      Flag: true,
      Time: '2024-01-02T03:04:05.6780000Z',
      Json: { a: ['b', null] },
    });
    expect(rows[1]).toMatchObject({ Text: 'second', Number: null, Time: null });
  });

  it('travel in requests of bounded size', async () => {
    const many = Array.from({ length: 5_001 }, (_, index) => ({ Text: 'many', Number: index }));
    await kusto.ingest('Ingested', columns, many);
    expect(await kusto.query("Ingested | where Text == 'many' | summarize Rows = dcount(Number)")).toEqual([
      { Rows: 5_001 },
    ]);
  });

  it('may be none', async () => {
    await kusto.ingest('Nowhere', columns, []);
  });

  it('of a table that does not exist are refused', async () => {
    const error = await failureOf(kusto.ingest('Nowhere', ['A'], [{ A: 1 }]));
    expect(error).toMatchObject({ kind: 'defect', message: expect.stringContaining('Nowhere') });
  });
});
