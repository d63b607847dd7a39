/** The client for Go: its requests, and the frames that it reads, as in its source. */
import type { TestEngine } from '../../../support/engine/engine.ts';

export function goSuite(engine: () => TestEngine): void {
  describe('azure-kusto-go', () => {
    const ask = async (csl: string, options: object = {}, parameters: object = {}): Promise<Frame[]> => {
      const response = await fetch(`${engine().url}/v2/rest/query`, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json; charset=utf-8',
          'x-ms-version': '2024-12-12',
          'x-ms-client-request-id': 'KGC.execute;1b1a5e9e-0d5a-4f0e-8c3c-6f1a4c7f9f61',
        },
        body: `${JSON.stringify({
          db: engine().database,
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
      await engine().rows('.create table Lines (d: dynamic)');
      await engine().rows('.ingest inline into table Lines <| "{""a"":\n [1,\r\n 2]}"');
      const frames = await ask('Lines');
      expect(frames[3]).toMatchObject({ Rows: [[{ a: [1, 2] }]] });
      await engine().rows('.drop table Lines');
    });

    it('gets infinite numbers as texts, in dynamic values too', async () => {
      const frames = await ask(
        `print x = 1.0 / 0, y = pack_array(-1.0 / 0, 1.5, '"9.0e+999', pack('9.0e+999', 1.0 / 0))`,
      );
      expect(frames[3]).toMatchObject({
        Rows: [['Infinity', ['-Infinity', 1.5, '"9.0e+999', { '9.0e+999': 'Infinity' }]]],
      });
    });

    it('says what now is', async () => {
      for (const query_now of ['2020-01-02T03:04:05.0000006Z', 'datetime(2020-01-02 03:04:05.0000006)']) {
        const frames = await ask('print now(), ago(1d)', { query_now });
        expect(frames[3]).toMatchObject({
          Rows: [['2020-01-02T03:04:05.0000006Z', '2020-01-01T03:04:05.0000006Z']],
        });
      }
    });

    it('learns behind the table that it is too large', async () => {
      const frames = await ask('range x from 1 to 9 step 1', { truncationmaxrecords: 2 });
      const error = {
        error: expect.objectContaining({
          '@message': expect.stringContaining('E_QUERY_RESULT_SET_TOO_LARGE'),
        }),
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
      const rowsOf = async (csl: string, parameters: object = {}) =>
        (await ask(csl, {}, parameters))[3]?.Rows;
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
      const ofTable =
        'declare query_parameters(tableName:string);\ntable(tableName) | where s == "nobody" | count';
      expect(await rowsOf(ofTable, { tableName: '"Types"' })).toEqual([[0]]);
    });
  });
}
