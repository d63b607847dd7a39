/** What Grafana's plugin asks, and what its query builder writes. */
import type { TestEngine } from '../../../support/engine/engine.ts';

export function grafanaSuite(engine: () => TestEngine): void {
  describe('Grafana', () => {
    const post = async (path: string, body: { querySource: string } & Record<string, unknown>) => {
      const response = await fetch(`${engine().url}${path}`, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'x-ms-app': 'Grafana-ADX',
          'x-ms-client-request-id': `KGC.${body.querySource || 'unspecified'};5f2b8c1d9e7a4630`,
        },
        body: JSON.stringify(body),
      });
      const answer = (await response.json()) as {
        Tables: [
          { TableName: string; Columns: { ColumnName: string; ColumnType: string }[]; Rows: unknown[][] },
        ];
      };
      expect([response.status, answer]).toEqual([200, expect.anything()]);
      return answer.Tables[0];
    };
    const properties = {
      options: {
        queryconsistency: 'strongconsistency',
        query_results_cache_max_age: '00:05:00',
        servertimeout: '00:00:30',
      },
    };
    const ask = (csl: string, db = engine().database) =>
      post('/v1/rest/query', { db, csl, querySource: 'raw', properties });

    beforeAll(async () => {
      await engine().rows(
        '.create table Panel (Timestamp: datetime, ["the value"]: real, Level: string, bag: dynamic)',
      );
      await engine().rows(`.append Panel <| datatable(Timestamp: datetime, ["the value"]: real, Level: string, bag: dynamic) [
        datetime(2024-05-01T10:00:00Z), 1.5, 'error', dynamic({"a": 1, "list": [{"x": 1}, {"x": 2}]}),
        datetime(2024-05-01T10:30:00Z), 2.5, 'info', dynamic({"a": "two", "list": [{"x": 3}]}),
        datetime(2024-05-01T12:00:00Z), 4.0, 'info', dynamic(null)]`);
    });
    afterAll(() => engine().rows('.drop table Panel'));

    it('learns that a result is too large, from its rows and behind the tables', async () => {
      const response = await fetch(`${engine().url}/v1/rest/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          db: engine().database,
          csl: 'range x from 1 to 3 step 1',
          properties: { options: { truncationmaxrecords: 2 } },
        }),
      });
      const Exceptions = [expect.stringContaining('E_QUERY_RESULT_SET_TOO_LARGE')];
      expect(await response.json()).toMatchObject({
        Tables: expect.arrayContaining([expect.objectContaining({ Rows: [[1], [2], { Exceptions }] })]),
        Exceptions,
      });
    });

    // A command names no database, and the test of a connection only where the data source has a default one.
    it.each(['', 'NetDefaultDB'])('tests its connection, with the default database %j', async (db) => {
      expect(JSON.stringify((await ask('.show databases schema', db)).Rows)).toContain('Panel');
    });

    it('lists the databases', async () => {
      const { Rows } = await post('/v1/rest/mgmt', {
        ...{ db: '', csl: '.show databases' },
        querySource: '',
      });
      expect(Rows.map(([name]) => name)).toEqual(['NetDefaultDB']);
    });

    it.each(['.show databases schema as json', ".show databases (['NetDefaultDB']) schema as json"])(
      'reads the schema by %s',
      async (csl) => {
        const { Rows } = await post('/v1/rest/mgmt', { db: '', csl, querySource: 'schema' });
        expect(JSON.parse(String(Rows[0]?.[0])).Databases.NetDefaultDB.Tables).toHaveProperty('Panel');
      },
    );

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
}
