/** Microsoft's own clients, unchanged, against the engine as it runs in production. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { ClientRequestProperties } from 'azure-kusto-data';
import { DataFormat, IngestionProperties, StreamingIngestClient } from 'azure-kusto-ingest';
import { sleep } from '../../../../net/sleep.ts';
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

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
describe('azure-kusto-go', () => {
  const ask = async (csl: string, options: object = {}, parameters: object = {}): Promise<Frame[]> => {
    const response = await fetch(`${engine.url}/v2/rest/query`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json; charset=utf-8',
        'x-ms-version': '2024-12-12',
        'x-ms-client-request-id': 'KGC.execute;1b1a5e9e-0d5a-4f0e-8c3c-6f1a4c7f9f61',
      },
      body: `${JSON.stringify({
        db: engine.database,
        csl,
        properties: {
          Options: {
            results_v2_newlines_between_frames: true,
            results_v2_fragment_primary_tables: true,
            results_error_reporting_placement: 'end_of_table',
            servertimeout: '00:04:00',
            ...options,
          },
          Parameters: parameters,
        },
      })}\n`,
    });
    const lines = (await response.text()).split('\n');
    expect(lines.pop()).toBe(']');
    return lines.map((line, index) => {
      expect(line[0]).toBe(index === 0 ? '[' : ',');
      return JSON.parse(line.slice(1)) as Frame;
    });
  };
  type Frame = Record<string, unknown>;

  it('gets a line for each frame, with the members in their order', async () => {
    const dynamic = 'dynamic({"a": [1]})';
    const [header = {}, properties = {}, ...frames] = await ask(
      `print s = "a\\nb", d = ${dynamic}, n = decimal(1.5); range x from 1 to 2 step 1`,
    );
    expect(Object.entries(header)).toEqual([
      ['FrameType', 'DataSetHeader'],
      ['IsProgressive', false],
      ['Version', 'v2.0'],
      ['IsFragmented', true],
      ['ErrorReportingPlacement', 'EndOfTable'],
    ]);
    expect(Object.keys(properties)).toEqual([
      ...['FrameType', 'TableId', 'TableKind', 'TableName', 'Columns', 'Rows'],
    ]);
    expect(frames.map(({ FrameType, TableKind }) => [FrameType, TableKind])).toEqual([
      ['TableHeader', 'PrimaryResult'],
      ['TableFragment', undefined],
      ['TableCompletion', undefined],
      ['TableHeader', 'PrimaryResult'],
      ['TableFragment', undefined],
      ['TableCompletion', undefined],
      ['DataTable', 'QueryCompletionInformation'],
      ['DataSetCompletion', undefined],
    ]);
    expect(Object.keys(frames[0] ?? {})).toEqual([
      'FrameType',
      'TableId',
      'TableKind',
      'TableName',
      'Columns',
    ]);
    expect(frames[0]).toMatchObject({ TableId: 1, TableName: 'PrimaryResult' });
    expect(frames[1]).toEqual({
      FrameType: 'TableFragment',
      TableFragmentType: 'DataAppend',
      TableId: 1,
      Rows: [['a\nb', { a: [1] }, '1.5']],
    });
    expect(frames[4]).toMatchObject({ TableId: 2, Rows: [[1], [2]] });
    expect(frames[5]).toEqual({ FrameType: 'TableCompletion', TableId: 2, RowCount: 2 });
    expect(frames[7]).toEqual({ FrameType: 'DataSetCompletion', HasErrors: false, Cancelled: false });
  });

  it('gets a dynamic value that was written on several lines on one', async () => {
    await engine.rows('.create table Lines (d: dynamic)');
    await engine.rows('.ingest inline into table Lines <| "{""a"":\n [1,\r\n 2]}"');
    const frames = await ask('Lines');
    expect(frames[3]).toMatchObject({ Rows: [[{ a: [1, 2] }]] });
    await engine.rows('.drop table Lines');
  });

  it('learns behind the table that it is too large', async () => {
    const frames = await ask('range x from 1 to 9 step 1', { truncationmaxrecords: 2 });
    const error = {
      error: expect.objectContaining({ '@message': expect.stringContaining('E_QUERY_RESULT_SET_TOO_LARGE') }),
    };
    expect(frames[4]).toEqual({
      FrameType: 'TableCompletion',
      TableId: 1,
      RowCount: 2,
      OneApiErrors: [error],
    });
    expect(frames.at(-1)).toMatchObject({ HasErrors: true, OneApiErrors: [error] });
  });

  it('gets what its end-to-end tests ask', async () => {
    const rowsOf = async (csl: string, parameters: object = {}) => (await ask(csl, {}, parameters))[3]?.Rows;
    const all = `declare query_parameters(vnum:int, vdec:decimal, vdate:datetime, vspan:timespan, vdyn:dynamic, vbool:bool, vguid:guid, vreal:real, vlong:long, vstr:string);
print vnum, vdec, vdate, vspan, vdyn, vbool, vguid, vreal, vlong, vstr`;
    expect(
      await rowsOf(all, {
        vnum: 'int(1)',
        vdec: 'decimal(2.00000000000001)',
        vdate: 'datetime(2020-03-04T14:05:01.3109965Z)',
        vspan: 'timespan(01:23:45.6789000)',
        vdyn: 'dynamic({"moshe":"value"})',
        vbool: 'bool(true)',
        vguid: 'guid(74be27de-1e4e-49d9-b579-fe0b331d3642)',
        vreal: 'real(0.01)',
        vlong: 'long(9223372036854775807)',
        vstr: '"asdf"',
      }),
    ).toMatchObject([
      [
        ...[
          1,
          '2.00000000000001',
          '2020-03-04T14:05:01.3109965Z',
          '01:23:45.6789000',
          { moshe: 'value' },
          true,
        ],
        ...['74be27de-1e4e-49d9-b579-fe0b331d3642', 0.01, expect.any(Number), 'asdf'],
      ],
    ]);
    expect(await rowsOf('Types | where s == "nobody" | count | as Answer')).toEqual([[0]]);
  });
});

/** What Grafana's data source sends: pkg/azuredx/client and src/datasource.ts of grafana/azure-data-explorer-datasource. */
describe('Grafana', () => {
  const ask = async (csl: string, querySource = 'unspecified') => {
    const response = await fetch(`${engine.url}/v1/rest/query`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'x-ms-app': 'Grafana-ADX',
        'x-ms-client-request-id': `KGC.${querySource};5f2b8c1d9e7a4630`,
      },
      body: JSON.stringify({
        db: engine.database,
        csl,
        querySource,
        properties: { options: { queryconsistency: 'strongconsistency', servertimeout: '00:00:30' } },
      }),
    });
    const answer = (await response.json()) as {
      Tables: [
        { TableName: string; Columns: { ColumnName: string; ColumnType: string }[]; Rows: unknown[][] },
      ];
    };
    expect([response.status, answer]).toEqual([200, expect.anything()]);
    return answer.Tables[0];
  };

  beforeAll(async () => {
    await engine.rows(
      '.create table Panel (Timestamp: datetime, ["the value"]: real, Level: string, bag: dynamic)',
    );
    await engine.rows(`.append Panel <| datatable(Timestamp: datetime, ["the value"]: real, Level: string, bag: dynamic) [
      datetime(2024-05-01T10:00:00Z), 1.5, 'error', dynamic({"a": 1, "list": [{"x": 1}, {"x": 2}]}),
      datetime(2024-05-01T10:30:00Z), 2.5, 'info', dynamic({"a": "two", "list": [{"x": 3}]}),
      datetime(2024-05-01T12:00:00Z), 4.0, 'info', dynamic(null)]`);
  });
  afterAll(() => engine.rows('.drop table Panel'));

  it.each([
    '.show databases schema',
    '.show databases schema as json',
    ".show databases (['NetDefaultDB']) schema as json",
  ])('reads the schema by %s', async (command) => {
    expect(JSON.stringify((await ask(command, 'schema')).Rows)).toContain('Panel');
  });

  const within =
    '["Timestamp"] >= datetime(2024-05-01T09:00:00Z) and ["Timestamp"] <= datetime(2024-05-01T11:00:00.123456789Z)';

  it.each<[string, unknown[][]]>([
    [
      'Panel\n | take 50000\n | getschema\n | project ColumnName, ColumnType',
      [
        ['Timestamp', 'datetime'],
        ['the value', 'real'],
        ['Level', 'string'],
        ['bag', 'dynamic'],
      ],
    ],
    [
      'Panel\n | take 50000\n | where isnotnull(["bag"])\n | project ["bag"]\n | summarize buildschema(["bag"])',
      [[{ a: ['long', 'string'], list: { '`indexer`': { x: 'long' } } }]],
    ],
    [
      `Panel\n| where ${within}\n| summarize avg(["the value"]), count() by bin(["Timestamp"], 1h)\n| order by ["Timestamp"] asc`,
      [['2024-05-01T10:00:00.0000000Z', 2, 2]],
    ],
    [
      `Panel\n| where ${within}\n| where ["Level"] in ('error', 'info') or ["the value"] > 3\n| summarize percentile(["the value"], 95) by ["Level"]\n| order by ["Level"] asc`,
      [
        ['error', 1.5],
        ['info', 2.5],
      ],
    ],
    [
      'Panel\n| where ["Timestamp"] between ((datetime(2024-05-01T09:00:00Z) - 1h) .. (datetime(2024-05-01T13:00:00Z) - 1h))\n| extend ["Timestamp"] = ["Timestamp"] + 1h\n| count',
      [[3]],
    ],
    [
      'Panel\n| mv-expand array_list = todynamic(["bag"]["list"])\n| where tolong(array_list["x"]) == 2\n| project-away array_list\n| count',
      [[1]],
    ],
    ["Panel\n| where ['Level'] has 'INFO'\n| take 50000\n| distinct ['Level']\n| take 251", [['info']]],
    ['Panel\n| summarize by tostring(["bag"]["a"])\n| count', [[3]]],
    [
      'Panel | make-series n = count() default = 0 on Timestamp from datetime(2024-05-01T10:00:00Z) to datetime(2024-05-01T13:00:00Z) step 3600000ms by Level | where Level == "info" | project n',
      [[[1, 0, 1]]],
    ],
  ])('gets %j', async (csl, rows) => {
    expect((await ask(csl)).Rows).toEqual(rows);
  });
});

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

describe('the protocol', () => {
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(`${engine.url}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const query = (csl: string, more: object = {}) => JSON.stringify({ db: engine.database, csl, ...more });
  const messageOf = async (response: Response) => {
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(error).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
      '@type': expect.any(String),
    });
    return `${response.status} ${error['@message']}`;
  };

  it('echoes the request id and gives every answer an id of its own', async () => {
    const response = await post('/v2/rest/query', query('print 1'), { 'x-ms-client-request-id': 'mine' });
    expect(response.headers.get('x-ms-client-request-id')).toBe('mine');
    expect(response.headers.get('x-ms-activity-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers what clients and probes ask first', async () => {
    for (const path of ['/v1/rest/auth/metadata', '/v1/rest/ping', '/health']) {
      expect((await fetch(`${engine.url}${path}`)).status).toBe(200);
    }
  });

  it('accepts properties as a text, and commands at the query endpoint', async () => {
    const properties = JSON.stringify({ Parameters: { n: '5' }, Options: { servertimeout: '00:01:00' } });
    const response = await post(
      '/v2/rest/query',
      query('declare query_parameters(n: long); print n', { properties }),
    );
    const frames = (await response.json()) as { TableKind?: string; Rows?: unknown }[];
    expect(frames.find(({ TableKind }) => TableKind === 'PrimaryResult')?.Rows).toEqual([[5]]);
    expect((await post('/v2/rest/query', query('.show tables'))).status).toBe(200);
  });

  it.each([
    ['not JSON', '/v2/rest/query', 'nonsense', '400 The body is not valid JSON in UTF-8'],
    ['no object', '/v2/rest/query', '[]', '400 The body has to be a JSON object'],
    [
      'no query',
      '/v2/rest/query',
      '{"db":"NetDefaultDB"}',
      "400 Field 'csl' has to be a text: the query or command",
    ],
    [
      'an empty query',
      '/v2/rest/query',
      '{"csl":" "}',
      "400 Field 'csl' has to be a text: the query or command",
    ],
    [
      'a database that is no text',
      '/v2/rest/query',
      '{"csl":"print 1","db":5}',
      "400 Field 'db' has to be a text",
    ],
    [
      'an unknown database',
      '/v2/rest/query',
      '{"csl":"print 1","db":"Nope"}',
      "400 Entity ID 'Nope' of kind 'Database' was not found.",
    ],
    [
      'a query at the command endpoint',
      '/v1/rest/mgmt',
      '{"csl":"print 1"}',
      "400 A management command must begin with '.'",
    ],
    [
      'properties of the wrong kind',
      '/v2/rest/query',
      '{"csl":"print 1","properties":5}',
      "400 Field 'properties' has to be a JSON object",
    ],
    [
      'a limit that is none',
      '/v2/rest/query',
      '{"csl":"print 1","properties":{"Options":{"query_take_max_records":-1}}}',
      "400 Option 'query_take_max_records' has to be a whole number",
    ],
    [
      'a timeout that is none',
      '/v2/rest/query',
      '{"csl":"print 1","properties":{"Options":{"servertimeout":"soon"}}}',
      "400 Option 'servertimeout' has to be a timespan",
    ],
    [
      'a missing parameter',
      '/v2/rest/query',
      '{"csl":"declare query_parameters(a: long); print a"}',
      "400 The query parameter 'a' has no value",
    ],
    ['an unknown path', '/v3/rest/query', '{}', '404 There is nothing at /v3/rest/query'],
    [
      'an unknown table',
      '/v1/rest/ingest/NetDefaultDB/Nope?streamFormat=csv',
      'x',
      "400 Entity ID 'Nope' of kind 'Table'",
    ],
    [
      'an unknown database to ingest into',
      '/v1/rest/ingest/Nope/Types',
      'x',
      "400 Entity ID 'Nope' of kind 'Database'",
    ],
    [
      'an unknown format',
      '/v1/rest/ingest/NetDefaultDB/Types?streamFormat=orc',
      'x',
      "400 Data format 'orc' is not supported",
    ],
    [
      'an unknown mapping',
      '/v1/rest/ingest/NetDefaultDB/Types?streamFormat=json&mappingName=x',
      '{}',
      "400 Entity ID 'x'",
    ],
    [
      'a blob instead of data',
      '/v1/rest/ingest/NetDefaultDB/Types?sourceKind=uri',
      '{}',
      "400 'sourceKind=uri' is not supported",
    ],
    [
      'no table',
      '/v1/rest/ingest/NetDefaultDB',
      'x',
      '404 Ingestion is at /v1/rest/ingest/{database}/{table}',
    ],
    ['a broken path', '/v1/rest/ingest/%zz/T', 'x', "400 '%zz' is not valid percent-encoding"],
  ])('says what is wrong with %s', async (_, path, body, message) => {
    expect(await messageOf(await post(path, body))).toContain(message);
  });

  it('says what is wrong with a body that cannot be unpacked', async () => {
    const path = '/v1/rest/ingest/NetDefaultDB/Types?streamFormat=csv';
    const gzip = { 'content-encoding': 'gzip' };
    expect(await messageOf(await post(path, 'not gzip', gzip))).toBe('400 The body is not valid gzip');
    const cut = gzipSync('x,true\n'.repeat(1000)).subarray(0, 30);
    expect(await messageOf(await post(path, new Uint8Array(cut), gzip))).toBe(
      '400 The body is not valid gzip',
    );
    expect(await messageOf(await post(path, 'x', { 'content-encoding': 'zstd' }))).toBe(
      "415 Content-Encoding 'zstd' is not supported; use gzip, deflate or br",
    );
    expect(await messageOf(await post(path, new Uint8Array([0x61, 0xff, 0xfe])))).toBe(
      '400 The data is not valid UTF-8',
    );
  });

  it('refuses bodies that are too long, packed or not', async () => {
    const path = '/v1/rest/ingest/NetDefaultDB/Types?streamFormat=csv';
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024));
    expect(await messageOf(await post(path, new Uint8Array(bomb), { 'content-encoding': 'gzip' }))).toBe(
      '413 The body is longer than 64 MiB.',
    );
  });

  it('refuses other methods', async () => {
    expect(await messageOf(await fetch(`${engine.url}/v2/rest/query`))).toBe('405 Use POST, not GET');
  });

  it('takes no harm from a client that goes away in the middle of its body', async () => {
    const { hostname, port } = new URL(engine.url);
    for (const path of ['/v2/rest/query', '/v1/rest/ingest/NetDefaultDB/Types']) {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\nhalf`,
      );
      socket.destroy();
      await once(socket, 'close');
    }
    const garbage = connect(Number(port), hostname);
    garbage.write('this is not HTTP\r\n\r\n');
    const [answer] = await once(garbage, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 400/);
  });

  it('still answers after all that', async () => {
    expect(await engine.rows('print 1')).toEqual([[1]]);
  });
});
