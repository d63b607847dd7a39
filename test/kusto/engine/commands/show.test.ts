import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

beforeAll(async () => {
  await engine.rows(".create table T (a: string, ['b c']: decimal) with (folder = 'F', docstring = 'D')");
  await engine.rows('.ingest inline into table T <| x,1.5');
  await engine.rows('.create function Fn(x: long = 1) { print x }');
});

describe('policies', () => {
  it('are stored and shown as JSON', async () => {
    expect(
      await engine.rows('.alter-merge table T policy retention softdelete = 7d recoverability = disabled'),
    ).toEqual([
      [
        'RetentionPolicy',
        '[NetDefaultDB].[T]',
        '{"SoftDeletePeriod":"7.00:00:00","Recoverability":"Disabled"}',
        '',
        'Table',
      ],
    ]);
    await engine.rows('.alter table T policy caching hot = 36h');
    await engine.rows('.alter table T policy streamingingestion enable');
    await engine.rows('.alter table T policy ingestiontime true');
    await engine.rows(`.alter table T policy merge '{"MaxRangeInHours": 8}'`);
    await engine.rows('.alter table T policy sharding ```{"MaxRowCount": 1}```');
    const policy = async (name: string) =>
      JSON.parse(String((await engine.rows(`.show table T policy ${name}`))[0]?.[2]));
    expect(await policy('retention')).toEqual({ SoftDeletePeriod: '7.00:00:00', Recoverability: 'Disabled' });
    expect(await policy('caching')).toEqual({
      DataHotSpan: { Value: '1.12:00:00' },
      IndexHotSpan: { Value: '1.12:00:00' },
    });
    expect(await policy('streamingingestion')).toEqual({ IsEnabled: true });
    expect(await policy('ingestiontime')).toEqual({ IsEnabled: true });
    expect(await policy('merge')).toEqual({ MaxRangeInHours: 8 });
    expect(await policy('sharding')).toEqual({ MaxRowCount: 1 });
    expect(await policy('update')).toBeNull();
  });

  it('belong to databases too, and can be deleted', async () => {
    await engine.rows('.alter database NetDefaultDB policy streamingingestion disable');
    expect(
      await engine.rows('.show database NetDefaultDB policy streamingingestion | project Policy, EntityType'),
    ).toEqual([['{"IsEnabled":false}', 'Database']]);
    await engine.rows('.delete database NetDefaultDB policy streamingingestion');
    expect((await engine.rows('.show database NetDefaultDB policy streamingingestion'))[0]?.[2]).toBe('null');
  });

  it.each([
    ['.alter table T policy nonsense enable', "'nonsense' is not a policy"],
    ['.alter table Nope policy retention softdelete = 1d', "Entity ID 'Nope' of kind 'Table'"],
    ['.alter materialized-view T policy retention softdelete = 1d', "of kind 'MaterializedView'"],
    ['.alter table T policy retention softdelete = soon', "'soon' is not a timespan"],
    [".alter table T policy merge '{'", 'The policy is not valid JSON'],
    [
      `.alter table T policy update '[{"IsEnabled": true, "Source": "T", "Query": "T"}]'`,
      "'.alter table': Update policies are not supported [line 1, column ",
    ],
    [
      `.alter table T policy update '[{"IsEnabled": false}, {"IsEnabled": true, "Source": "T", "Query": "T"}]'`,
      'Update policies are not supported',
    ],
  ])('are refused where the engine could not keep them: %s', async (command, message) => {
    expect((await engine.refusal(command)).message).toContain(message);
  });

  it.each(['[]', '[{"IsEnabled": false, "Source": "T", "Query": "T"}]'])(
    'of updates are kept where they update nothing: %s',
    async (policy) => {
      await engine.rows(`.alter table T policy update '${policy}'`);
      const [shown] = await engine.rows('.show table T policy update');
      expect(JSON.parse(String(shown?.[2]))).toEqual(JSON.parse(policy));
    },
  );
});

describe('ingestion mappings', () => {
  it('are created, shown, replaced and dropped', async () => {
    const mapping = '[{"column":"a","path":"$.x"}]';
    const row = ['m', 'Json', mapping, expect.any(String), 'NetDefaultDB', 'T'];
    expect(await engine.rows(`.create table T ingestion json mapping "m" '${mapping}'`)).toEqual([row]);
    expect(await engine.rows('.show table T ingestion mappings')).toEqual([row]);
    expect(await engine.rows('.show table T ingestion csv mappings')).toEqual([]);
    expect(await engine.rows('.show table T ingestion json mapping "m"')).toEqual([row]);
    expect((await engine.refusal(`.create table T ingestion json mapping "m" '[]'`)).message).toContain(
      'exists already',
    );
    await engine.rows(`.create-or-alter table T ingestion json mapping "m" '[]'`);
    await engine.rows(`.alter table T ingestion json mapping "m" '[]'`);
    await engine.rows('.drop table T ingestion json mapping "m"');
    expect((await engine.refusal('.drop table T ingestion json mapping "m"')).code).toBe(
      'BadRequest_EntityNotFound',
    );
    expect((await engine.refusal(`.alter table T ingestion json mapping "m" '[]'`)).code).toBe(
      'BadRequest_EntityNotFound',
    );
  });
});

describe('.show', () => {
  it('gives tables, with their rows counted where details are asked for', async () => {
    expect(await engine.rows('.show tables')).toEqual([['T', 'NetDefaultDB', 'F', 'D']]);
    expect(await engine.rows('.show tables (T)')).toHaveLength(1);
    expect(await engine.rows('.show tables details | project TableName, TotalRowCount')).toEqual([['T', 1]]);
    expect(await engine.rows('.show table T details | project HotRowCount')).toEqual([[1]]);
    expect(await engine.rows('.show table T')).toEqual([
      ['a', 'System.String'],
      ['b c', 'System.Data.SqlTypes.SqlDecimal'],
    ]);
  });

  it('gives the size and the effective retention of tables and of views in their details', async () => {
    await engine.rows('.create materialized-view V on table T { T | summarize count() by a }');
    await engine.rows('.alter-merge materialized-view V policy retention softdelete = 400d');
    await engine.rows('.alter-merge database NetDefaultDB policy retention softdelete = 30d');
    await engine.rows('.delete table T policy retention');
    await engine.rows('.ingest inline into table T <| y,2.5');
    const facts =
      'TotalRowCount, TotalExtentSize, Days = tostring(parse_json(RetentionPolicy).SoftDeletePeriod)';
    const page = 4096;
    // Rows and an index by ingestion time; a view has one by its keys too.
    expect(await engine.rows(`.show table T details | project TableName, ${facts}`)).toEqual([
      ['T', 2, 2 * page, '30.00:00:00'],
    ]);
    for (const views of ['materialized-view V', 'materialized-views']) {
      expect(await engine.rows(`.show ${views} details | project MaterializedViewName, ${facts}`)).toEqual([
        ['V', 1, 3 * page, '400.00:00:00'],
      ]);
    }
    await engine.rows('.drop materialized-view V');
    await engine.rows('.delete database NetDefaultDB policy retention');
    await engine.rows('.delete table T policy retention');
  });

  it('gives a table’s schema as text and as JSON', async () => {
    const row = (schema: unknown) => [['T', schema, 'NetDefaultDB', 'F', 'D']];
    expect(await engine.rows('.show table T cslschema')).toEqual(row("a:string,['b c']:decimal"));
    expect(await engine.rows('.show table T schema as csl')).toEqual(row("a:string,['b c']:decimal"));
    expect(await engine.rows(".show database ['NetDefaultDB'] cslschema")).toEqual(
      row("a:string,['b c']:decimal"),
    );
    const json = (await engine.rows('.show table T schema as json'))[0]?.[1];
    expect(JSON.parse(String(json))).toEqual({
      Name: 'T',
      Folder: 'F',
      DocString: 'D',
      OrderedColumns: [
        { Name: 'a', Type: 'System.String', CslType: 'string' },
        { Name: 'b c', Type: 'System.Data.SqlTypes.SqlDecimal', CslType: 'decimal' },
      ],
    });
  });

  it('gives the whole schema', async () => {
    const [[text] = []] = await engine.rows('.show database schema as json');
    const { Databases } = JSON.parse(String(text));
    expect(Object.keys(Databases.NetDefaultDB.Tables)).toEqual(['T']);
    expect(Databases.NetDefaultDB.Functions.Fn).toMatchObject({
      Body: '{ print x }',
      Parameters: '(x:long=1)',
    });
    expect(await engine.rows('.show database NetDefaultDB schema | project TableName, ColumnName')).toEqual([
      ['', ''],
      ['T', ''],
      ['T', 'a'],
      ['T', 'b c'],
    ]);
    expect(await engine.rows('.show schema as json')).toEqual([[text]]);
  });

  it('gives databases, version and cluster', async () => {
    await engine.rows('.create database Other ifnotexists');
    expect(await engine.rows('.show databases | project DatabaseName, IsCurrent')).toEqual([
      ['NetDefaultDB', true],
      ['Other', false],
    ]);
    expect(await engine.rows('.show version | project ServiceType')).toEqual([['Engine']]);
    expect(await engine.rows('.show cluster | count')).toEqual([[1]]);
    await engine.rows('.drop database Other');
    expect(await engine.rows('.show databases | count')).toEqual([[1]]);
  });

  it('can be piped into query operators, whose errors are found where they are', async () => {
    expect(await engine.rows('.show tables | where Folder == "F" | project TableName')).toEqual([['T']]);
    expect((await engine.refusal('.show tables | where Nope == 1')).message).toMatch(
      /'Nope' .*\[line 1, column 22\]$/,
    );
    expect((await engine.refusal('.show tables\n| where Nope == 1')).message).toMatch(
      /'Nope' .*\[line 2, column 9\]$/,
    );
    expect((await engine.refusal('.drop table T | count')).message).toContain(
      "'.drop table': Unexpected text, found '|' [line 1, column 15]",
    );
    for (const [command, message] of [
      ['.show table T extents', "'.show table': Unexpected text, found 'extents' [line 1, column 15]"],
      [
        '.alter table T column-docstrings (k: "x")',
        "'.alter table': Expected '(', found 'column-docstrings'",
      ],
    ] as const)
      expect((await engine.refusal(command)).message).toContain(message);
  });
});

describe('databases', () => {
  it('have their own entities, and come back with a database of the same name', async () => {
    await engine.rows('.create database Second persist (@"c:\\x", @"c:\\y")');
    await engine.client.executeMgmt('Second', '.create table Own (a: string)');
    expect((await engine.refusal('Own')).status).toBe(400);
    expect((await engine.client.executeQuery('second', 'Own | count')).primaryResults[0]?._rows).toEqual([
      [0],
    ]);
    await engine.rows('.drop database Second');
    await engine.rows('.create database Second');
    expect((await engine.client.executeMgmt('Second', '.show tables')).primaryResults[0]?._rows).toEqual([]);
    await engine.rows('.drop database Second');
  });

  it.each([
    ['.create database NetDefaultDB', 'exists already'],
    ['.create database Fast volatile', 'Volatile databases are not supported'],
    ['.drop database NetDefaultDB', 'send it to another'],
    ['.drop database Nope', "Entity ID 'Nope' of kind 'Database' was not found."],
    [".create database ['../x']", 'is not a name'],
  ])('are refused: %s', async (command, message) => {
    expect((await engine.refusal(command)).message).toContain(message);
  });
});

describe('what clients ask by themselves', () => {
  const other = (text: string) => engine.client.execute('Copy', text);
  beforeAll(() =>
    engine.rows(".create-merge table T (a: string, ['b c']: decimal) with (folder='F', docstring='D \"1\"')"),
  );

  it('Grafana: schemas of all databases, at either endpoint', async () => {
    const { primaryResults } = await engine.client.executeQueryV1(null, '.show databases schema');
    expect(primaryResults[0]?.columns.map(({ name }) => name).join(' ')).toBe(
      'DatabaseName TableName ColumnName ColumnType IsDefaultTable IsDefaultColumn PrettyName Version Folder DocString',
    );
    const [[all] = []] = await engine.rows('.show databases schema as json');
    expect(Object.keys(JSON.parse(String(all)).Databases.NetDefaultDB.Tables)).toEqual(['T']);
    expect(await engine.rows(".show databases (['NetDefaultDB']) schema as json")).toEqual([[all]]);
    const [[some] = []] = await engine.rows('.show database schema as json with (Tables=true)');
    expect(JSON.parse(String(some)).Databases.NetDefaultDB).toMatchObject({ Functions: {} });
    expect((await engine.refusal(".show databases (['Nope']) schema as json")).message).toMatch(/Nope/);
  });

  it('the Azure Data Explorer page and tools: databases, entities, and lists of what there is not', async () => {
    expect(await engine.rows('.show cluster databases | project DatabaseName')).toEqual([['NetDefaultDB']]);
    expect(await engine.rows('.show database | project DatabaseName, IsCurrent')).toEqual([
      ['NetDefaultDB', true],
    ]);
    expect(await engine.rows('.show database identity | project DatabaseName, PrettyName')).toEqual([
      ['NetDefaultDB', ''],
    ]);
    expect(
      await engine.rows(
        ".show databases entities with (showObfuscatedStrings=true) | where DatabaseName == 'NetDefaultDB' | project EntityType, EntityName, CslInputSchema, Content, CslOutputSchema",
      ),
    ).toEqual([
      ['Table', 'T', '', '', "a:string,['b c']:decimal"],
      ['Function', 'Fn', '(x:long=1)', '{ print x }', ''],
    ]);
    for (const list of ['external tables', 'entity_groups', 'graph_models details', 'materialized-views'])
      expect(await engine.rows(`.show ${list} | count`)).toEqual([[0]]);
  });

  it('delta-kusto: a script of commands that makes the same schema', async () => {
    await engine.rows(
      '.create table T ingestion json mapping \'m\' \'[{"column":"a","Properties":{"Path":"$.a"}}]\'',
    );
    await engine.rows('.alter table T policy retention softdelete = 7d');
    await engine.rows('.create materialized-view V on table T { T | summarize n = count() by a }');
    const script = await engine.rows('.show database schema as csl script');
    await engine.rows('.create database Copy');
    for (const [command] of script) await other(String(command));
    const schemaOf = async (database: string) => {
      const { primaryResults } = await engine.client.execute(database, '.show database schema as json');
      const { Tables, MaterializedViews, Functions } = JSON.parse(String(primaryResults[0]?._rows[0]?.[0]))
        .Databases[database];
      return { Tables, MaterializedViews, Functions };
    };
    expect(await schemaOf('Copy')).toEqual(await schemaOf('NetDefaultDB'));
    expect((await other('.show database schema as csl script')).primaryResults[0]?._rows).toEqual(script);
    expect(await engine.rows('.show materialized-view V cslschema | project Schema')).toEqual([
      ['a:string,n:long'],
    ]);
    await engine.rows('.drop database Copy');
    // What it sends to make the schema of one database that of another.
    const changes = `.execute database script with (ThrowOnErrors=true) <|\n${script.join('\n\n')}`;
    await engine.rows('.create database Copy');
    const results = (await other(`${changes}`)).primaryResults[0]?._rows ?? [];
    expect(results.map((row) => row[3])).toEqual(script.map(() => 'Completed'));
    expect(await schemaOf('Copy')).toEqual(await schemaOf('NetDefaultDB'));
    await engine.rows('.drop database Copy');
    await engine.rows('.drop materialized-view V');
  });

  describe('.execute database script', () => {
    const run = async (script: string) =>
      (await engine.rows(`.execute database script ${script}`)).map(([, ...row]) => row);

    it('runs its commands in their order, as in the example of the page', async () => {
      expect(
        await run(`with (ContinueOnErrors=true)
<|
//
// Create tables
.create-merge table Scripted(a:string, b:string)
//
// Apply policies
.alter-merge table Scripted policy retention softdelete = 10d

.show tables
.nonsense
// Create functions
.create-or-alter function
  with (skipvalidation = "true")
  SampleT1(myLimit: long) {
    Scripted | where a == "
.no command" | take myLimit
.5
}
.drop table Scripted columns (b)`),
      ).toEqual([
        ['TableCreate', '.create-merge table Scripted(a:string, b:string)', 'Completed', ''],
        [
          'RetentionPolicyAlter',
          '.alter-merge table Scripted policy retention softdelete = 10d',
          'Completed',
          '',
        ],
        ['TableShow', '.show tables', 'Skipped', ''],
        ['Nonsense', '.nonsense', 'Failed', expect.stringContaining("Unknown command '.nonsense'")],
        ['FunctionCreateOrAlter', expect.stringMatching(/^\.create[\s\S]*\n\.5\n\}$/), 'Completed', ''],
        ['TableDrop', '.drop table Scripted columns (b)', 'Completed', ''],
      ]);
      expect(await engine.rows('.show table Scripted cslschema | project Schema')).toEqual([['a:string']]);
      await engine.rows('.drop functions (SampleT1)');
      expect((await engine.refusal('.drop functions (SampleT1)')).message).toContain('was not found');
      await engine.rows('.drop functions (SampleT1, Other) ifexists');
    });

    it('stops at an error, and throws it where it is to', async () => {
      const script = '<|\n.create table Never (a: what)\n.create table Never (a: long)';
      expect((await run(script)).map((row) => row[2])).toEqual(['Failed']);
      expect(
        (await engine.refusal(`.execute database script with (ThrowOnErrors=true) ${script}`)).message,
      ).toBe("'what' is not a type [line 2, column 25]");
    });

    it.each([
      ['<|', 'The script has no command'],
      ['<| hello\n.drop table T', "The script begins with 'hello"],
      ['<| .execute database script <| .drop table T', 'A script in a script is not supported'],
      ['with (ContinueOnErrors=true, ThrowOnErrors=true) <| .drop table T', 'do not work together'],
    ])('is refused: %s', async (script, message) => {
      expect((await engine.refusal(`.execute database script ${script}`)).message).toContain(message);
    });

    it('and what else delta-kusto writes: a policy of several tables', async () => {
      await engine.rows('.create table Beside (a: string)');
      const rows = await engine.rows(
        '.alter tables (Scripted, Beside) policy retention ```{"SoftDeletePeriod": "7.00:00:00"}```',
      );
      expect(rows.map((row) => row.slice(0, 3))).toEqual(
        ['Scripted', 'Beside'].map((table) => [
          'RetentionPolicy',
          `[NetDefaultDB].[${table}]`,
          '{"SoftDeletePeriod":"7.00:00:00"}',
        ]),
      );
      const [shown = []] = await engine.rows('.show table Beside policy retention');
      expect(shown[2]).toBe('{"SoftDeletePeriod":"7.00:00:00"}');
      await engine.rows('.drop table Beside');
    });

    it.each([
      [
        '.alter tables (Scripted, Nope) policy retention softdelete = 1d',
        "'Nope' of kind 'Table' was not found",
      ],
      ['.alter tables (Scripted) policy nonsense 1', "'nonsense' is not a policy"],
      ['.drop table Scripted columns (a)', 'would have no column left'],
      ['.drop table Scripted columns (zz)', "has no column 'zz'"],
    ])('%s is refused', async (command, message) => {
      expect((await engine.refusal(command)).message).toContain(message);
    });
  });

  it('the clients for Node and Go: a cache to clear, and a command with statements behind it', async () => {
    expect(await engine.rows('.clear database cache streamingingestion schema')).toEqual([
      ['node1', 'Succeeded'],
    ]);
    const { primaryResults } = await engine.client.execute(
      null,
      '.show databases | project A="1" | take 1; datatable(b: int) [3] | project A="2" | take 1',
    );
    expect(primaryResults.map(({ _rows }) => _rows)).toEqual([[['1']], [['2']]]);
  });

  it.each([
    ['.show export containers', 'ingest with the streaming client'],
    ['.get ingestion resources', 'ingest with the streaming client'],
    ['.get kusto identity token', 'ingest with the streaming client'],
    [".refresh database 'D' table 'T' cache ingestionbatchingpolicy", 'no service of data management'],
    ['.show cluster extents', 'there are no extents'],
    ['.show capacity', "Unknown command '.show capacity'"],
    ['.show principal roles', "Unknown command '.show principal roles'"],
  ])('refuses %s with the reason', async (command, reason) => {
    expect(await engine.refusal(command)).toMatchObject({
      status: 400,
      message: expect.stringContaining(reason),
    });
  });
});
