/** Microsoft's own clients, unchanged, against the engine as it runs in production. */

import { Readable } from 'node:stream';
import { ClientRequestProperties } from 'azure-kusto-data';
import { DataFormat, IngestionProperties, StreamingIngestClient } from 'azure-kusto-ingest';
import { sleep } from '../../../../net/sleep.ts';
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';
import { goSuite } from './go.suite.ts';
import { grafanaSuite } from './grafana.suite.ts';
import { protocolSuite } from './protocol.suite.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine({ lanes: 'processes' });
});
afterAll(() => engine.close());

const ALL_TYPES =
  '.create table Types (s: string, b: bool, i: int, l: long, r: real, d: decimal, t: datetime, span: timespan, g: guid, dyn: dynamic)';

const ingestClient = (format: DataFormat, mapping?: string) =>
  new StreamingIngestClient(
    `Data Source=${engine.url};Initial Catalog=${engine.database}`,
    new IngestionProperties({
      database: engine.database,
      table: 'Types',
      format,
      ...(mapping === undefined ? {} : { ingestionMappingReference: mapping }),
    }),
  );

describe('azure-kusto-data', () => {
  it('creates, ingests inline and queries every type, datetimes with all seven digits', async () => {
    await engine.rows(ALL_TYPES);
    await engine.rows(
      '.ingest inline into table Types <| "a ""b""",true,-5,9007199254740993,1.5,0.1,2024-02-13T17:18:12.1234567Z,1.02:03:04.5,00000000-0000-0000-0001-020304050607,"{""k"":[1]}"\n,,,,,,,,,',
    );
    const { primaryResults } = await engine.client.execute(null, 'Types | order by s desc');
    const [table] = primaryResults;
    if (!table) throw new Error('No result');
    expect(table.columns.map(({ name, type }) => `${name}:${type}`).join(' ')).toBe(
      's:string b:bool i:int l:long r:real d:decimal t:datetime span:timespan g:guid dyn:dynamic',
    );
    table.dateTimeParser = ((text: string) => text) as never;
    const [full, empty] = [...table.rows()];
    expect(full?.toJSON()).toEqual({
      s: 'a "b"',
      b: true,
      i: -5,
      l: 9007199254740992,
      r: 1.5,
      d: '0.1',
      t: '2024-02-13T17:18:12.1234567Z',
      span: 93_784_500,
      g: '00000000-0000-0000-0001-020304050607',
      dyn: { k: [1] },
    });
    expect(Object.values(empty?.toJSON() ?? {}).slice(0, 5)).toEqual(['', null, null, null, null]);
  });

  it('passes parameters as they are, whatever characters they hold', async () => {
    const properties = new ClientRequestProperties();
    const text = `'"); .drop table Types //\u0000 \\ é 😀`;
    properties.setParameter('s', text);
    properties.setParameter('n', 7);
    properties.setParameter('t', 'datetime(2024-02-13T17:18:12.1234567Z)');
    const { primaryResults } = await engine.client.execute(
      null,
      'declare query_parameters(s: string, n: long, t: datetime, d: string = "default"); print s, n + 1, t, d',
      properties,
    );
    expect(primaryResults[0]?._rows).toEqual([[text, 8, '2024-02-13T17:18:12.1234567Z', 'default']]);
  });

  // What the client for Go sends.
  it.each([
    ['"asdf"', 'asdf'],
    ["'as\\'df'", "as'df"],
    ['@"a\\b"', 'a\\b'],
    ['@"a""b"', 'a"b'],
    ['h"x"', 'x'],
    ['"\\u00e9\\n\\\\"', 'é\n\\'],
    ['""', ''],
    ['"a" or "b"', '"a" or "b"'],
    ['"a', '"a'],
    ["it's", "it's"],
  ])('takes a text parameter that is a literal, %s, for what it says', async (sent, expected) => {
    const properties = new ClientRequestProperties({}, { s: sent });
    const { primaryResults } = await engine.client.execute(
      null,
      'declare query_parameters(s: string); print s',
      properties,
    );
    expect(primaryResults[0]?._rows).toEqual([[expected]]);
  });

  it('is told that a number is beyond the range of long', async () => {
    for (const query of [
      'print abs(long(-9223372036854775808))',
      'print 9223372036854775807 + 1',
      'range x from 1 to 2 step 1 | summarize sum(x + 9223372036854775805)',
      'print bin_at(-9223372036854775807, 10, 9)',
      // Stored, it would keep the whole table from being read.
      '.set Unreadable <| print x = 9223372036854775807 + 1',
    ])
      expect(await engine.refusal(query)).toMatchObject({
        status: 400,
        message: 'A number is beyond the range of long',
      });
  });

  it('may store the least and the greatest number and datetime', async () => {
    const edges =
      'long(-9223372036854775808), 9223372036854775807, datetime(0001-01-01), datetime(9999-12-31 23:59:59.9999999)';
    await engine.rows(`.set Edges <| print ${edges}`);
    expect(await engine.rows(`Edges | where print_0 == print_0 | count`)).toEqual([[1]]);
    await engine.rows('.drop table Edges');
  });

  it('is told that a datetime is out of the calendar', async () => {
    for (const query of [
      'print datetime(9999-12-31) + 10d',
      'print unixtime_seconds_todatetime(400000000000)',
      '.set Unreadable <| print x = datetime(9999-12-31) + 10d',
    ])
      expect(await engine.refusal(query)).toMatchObject({
        status: 400,
        message: 'A datetime is before the year 1 or after the year 9999',
      });
  });

  it('is told that a text would be too long', async () => {
    for (const query of [
      "print strlen(strrep(strrep(strrep('abc', 1000), 1000), 1000))",
      "print s = strrep(strrep('abc', 1000), 1000) | extend t = strrep(s, 20) | project strlen(strcat(t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t))",
    ])
      expect(await engine.refusal(query)).toMatchObject({
        status: 400,
        message: expect.stringMatching(/too long|longer than/),
      });
  });

  it('is refused where the binder itself fails', async () => {
    const wrong = 'print countof(1tick, dynamic(null), guid(74be27de-1e4e-49d9-b579-fe0b331d3642))';
    expect(await engine.refusal(wrong)).toMatchObject({ status: 400, code: 'General_BadRequest' });
  });

  it('gets the first version of query results too', async () => {
    const { primaryResults } = await engine.client.executeQueryV1(null, 'print x = 1');
    expect(primaryResults.map(({ _rows }) => _rows)).toEqual([[[1]]]);
  });

  it('gets a table for each of several results, in either version', async () => {
    const query = 'let n = 2; print x = n; range y from 1 to n step 1; print z = "last"';
    const second = await engine.client.executeQuery(null, query);
    expect(second.primaryResults.map(({ name, _rows }) => [name, _rows])).toEqual([
      ['PrimaryResult', [[2]]],
      ['PrimaryResult_1', [[1], [2]]],
      ['PrimaryResult_2', [['last']]],
    ]);
    const first = await engine.client.executeQueryV1(null, query);
    expect(first.primaryResults.map(({ _rows }) => _rows)).toEqual([[[2]], [[1], [2]], [['last']]]);
    expect(first.tables.map(({ name }) => name)).toEqual([
      ...['PrimaryResult', 'PrimaryResult_1', 'PrimaryResult_2'],
      ...['@ExtendedProperties', 'QueryStatus', expect.anything()],
    ]);
  });

  it('gets columns that depend on the data, as it is at each query', async () => {
    await engine.rows('.create table Bags (id: long, bag: dynamic)');
    const query = 'Bags\n| evaluate bag_unpack(bag) | where id > 0';
    const columns = async () => {
      const { primaryResults } = await engine.client.execute(null, query);
      return primaryResults[0]?.columns.map(({ name, type }) => `${name}:${type}`).join(' ');
    };
    expect(await columns()).toBe('id:long');
    await engine.rows('.ingest inline into table Bags <| 1,"{""a"": 1}"');
    expect(await columns()).toBe('id:long a:long');
    await engine.rows('.ingest inline into table Bags <| 2,"{""a"": ""x"", ""b"": true}"');
    expect(await columns()).toBe('id:long a:dynamic b:bool');
    expect((await engine.refusal(`${query} and nope == 1`)).message).toMatch(
      /'nope' .*\[line 2, column 47\]$/,
    );
    expect((await engine.refusal(`.set Unpacked <| ${query}`)).message).toContain('write the schema');
    expect((await engine.refusal('.set Twice <| print 1; print 2')).message).toContain('several results');
    await engine.rows('.drop table Bags');
  });

  it('gets columns and rows of one moment, however much is written meanwhile', async () => {
    await engine.rows('.create table Moving (bag: dynamic)');
    let isWriting = true;
    const write = async () => {
      for (let id = 0; id < 40; id++) {
        await engine.rows(`.append Moving <| print bag = dynamic({"k${id}": ${id}})`);
        await sleep(2);
      }
      isWriting = false;
    };
    const answers: (readonly unknown[])[][] = [];
    const read = async () => {
      while (isWriting) {
        const answer = await engine.rows('Moving | evaluate bag_unpack(bag)').catch((error: unknown) => {
          // The data changed too often.
          if (!String(error).includes('status 429')) throw error;
        });
        if (answer) answers.push(answer);
      }
    };
    await Promise.all([write(), read(), read()]);
    answers.push(await engine.rows('Moving | evaluate bag_unpack(bag)'));
    expect(answers.at(-1)).toHaveLength(40);
    // Each row has the one key of its bag, for which there is a column.
    const keys = answers.flat().map((row) => row.filter((value) => value !== null).length);
    expect(keys.filter((count) => count !== 1)).toEqual([]);
    await engine.rows('.drop table Moving');
  });

  it('learns why a query is refused, with its position', async () => {
    expect(await engine.refusal('Types\n| where nope == 1')).toEqual({
      status: 400,
      code: 'General_BadRequest',
      message: expect.stringMatching(/'nope' .*\[line 2, column 9\]$/),
    });
  });

  it('gets no more rows than it asked for, and an error for a result that is too large', async () => {
    expect(await engine.rows('range x from 1 to 10 step 1', { query_take_max_records: 3 })).toHaveLength(3);
    const tooLarge = engine.client.execute(
      null,
      'range x from 1 to 10 step 1',
      new ClientRequestProperties({ truncationmaxrecords: 5 }),
    );
    await expect(tooLarge).rejects.toThrow('E_QUERY_RESULT_SET_TOO_LARGE');
    const frames = await fetch(`${engine.url}/v2/rest/query`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        db: engine.database,
        csl: 'print 1; range x from 1 to 10 step 1',
        properties: { Options: { truncationmaxrecords: 2 } },
      }),
    });
    // The client for Python looks for it among the rows.
    expect(await frames.json()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ TableName: 'PrimaryResult', Rows: [[1]] }),
        expect.objectContaining({
          TableName: 'PrimaryResult_1',
          Rows: [
            [1],
            [2],
            { OneApiErrors: [{ error: expect.objectContaining({ code: 'LimitsExceeded' }) }] },
          ],
        }),
      ]),
    );
    const { tables } = await engine.client.executeQueryV1(
      null,
      'range x from 1 to 10 step 1',
      new ClientRequestProperties({ truncationmaxsize: 5 }),
    );
    expect(String(tables[2]?._rows[0])).toContain('E_QUERY_RESULT_SET_TOO_LARGE');
  });

  it('changes nothing with a read-only request', async () => {
    const options = { request_readonly: true };
    expect((await engine.refusal('.drop table Types', options)).message).toContain('read-only');
    expect(await engine.rows('.show tables | project TableName', options)).toEqual([['Types']]);
    expect(await engine.rows('print 1', options)).toEqual([[1]]);
  });
});

/** What azure-kusto-go 1.x sends with each query, and reads of the answer: frame_reader.go and fast_json.go in azkustodata/query/v2. */

/** What Grafana's data source sends: pkg/azuredx/client and src/datasource.ts of grafana/azure-data-explorer-datasource. */

describe('azure-kusto-ingest, streaming', () => {
  const count = async () => Number((await engine.rows('Types | count'))[0]?.[0]);

  it('ingests CSV and JSON; what is acknowledged can be read at once', async () => {
    const before = await count();
    await ingestClient(DataFormat.CSV).ingestFromStream(Readable.from(['x,true\n', '"y",false\n']));
    expect(await count()).toBe(before + 2);
    await ingestClient(DataFormat.MULTIJSON).ingestFromStream(
      Readable.from([JSON.stringify([{ s: 'json', t: '2024-02-13T17:18:12.7654321Z', dyn: { a: null } }])]),
    );
    expect(await engine.rows("Types | where s == 'json' | project t, dyn")).toEqual([
      ['2024-02-13T17:18:12.7654321Z', { a: null }],
    ]);
  });

  it('ingests through a mapping', async () => {
    await engine.rows(
      `.create table Types ingestion json mapping "m" '[{"column":"s","Properties":{"Path":"$.deep.name"}}]'`,
    );
    await ingestClient(DataFormat.JSON, 'm').ingestFromStream(
      Readable.from(['{"deep":{"name":"mapped"}}\n']),
    );
    expect(await engine.rows("Types | where s == 'mapped' | count")).toEqual([[1]]);
  });

  it('learns what is wrong with the data, and nothing of it is ingested', async () => {
    const before = await count();
    const failure = ingestClient(DataFormat.CSV).ingestFromStream(Readable.from(['good,true\n"bad']));
    await expect(failure).rejects.toMatchObject({
      response: {
        status: 400,
        data: { error: { '@message': 'A quoted field is not closed [line 2, column 1]' } },
      },
    });
    expect(await count()).toBe(before);
  });
});

goSuite(() => engine);
grafanaSuite(() => engine);
protocolSuite(() => engine);
