/** Queries that read another engine: which may, what is fetched, and what cannot be had. */
import { jest } from '@jest/globals';
import { AllowedClusterError } from '../../../../kusto/engine/remote/allowed-clusters.ts';
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';
import { type KustoProxy, startKustoProxy } from '../../../support/engine/kusto-proxy.ts';

let owner: TestEngine;
let wire: KustoProxy;
let engine: TestEngine;
let there: string;

beforeAll(async () => {
  owner = await startTestEngine();
  wire = await startKustoProxy(owner.url);
  engine = await startTestEngine({ allowedClusters: [{ url: wire.url }] });
  there = `cluster('${wire.url}').database('NetDefaultDB')`;
  await owner.rows(
    '.create table T (Id: string, N: long, At: datetime, Span: timespan, Bag: dynamic, R: real, B: bool, G: guid)',
  );
  await owner.rows(`.set-or-append T <| datatable(Id: string, N: long, At: datetime, Span: timespan, Bag: dynamic, R: real, B: bool, G: guid) [
    "a", 9007199254740993, datetime(2024-01-02T03:04:05.1234567Z), time(1.02:03:04), dynamic({"k":["x", 5]}), 1.5, true, guid(74be27de-1e4e-49d9-b579-fe0b331d3642),
    "B", 2, datetime(null), timespan(null), dynamic(null), real(null), bool(null), guid(null),
    "it's \\"odd\\" \\\\東", -3, datetime(1999-12-31), time(-00:00:01), dynamic("text"), -0.5, false, guid(null)]`);
  await owner.rows(
    '.create materialized-view with (backfill=true) V on table T { T | summarize arg_max(N, *) by Id }',
  );
  await owner.rows('.set-or-append T <| T | where Id == "a" | extend N = 1');
  await owner.rows('.create function F(least: long) { T | where N >= least | project Id, N }');
  await owner.rows('.create table OnlyThere (A: string)');
  await engine.rows('.create table Keys (Key: string)');
  await engine.rows('.set-or-append Keys <| datatable(Key: string) ["A", "b"]');
});
afterAll(async () => {
  await engine.close();
  await wire.close();
  await owner.close();
});

/** The texts of the queries that went over, without what declares their parameters. */
async function asked(query: string): Promise<{ rows: unknown[][]; texts: string[]; parameters: unknown[] }> {
  wire.forget();
  const rows = await engine.rows(query);
  return {
    rows,
    texts: wire.asked.map(({ text }) => text.replace(/^declare .*;\n/, '').replaceAll('\n', ' ')),
    parameters: wire.asked.map(({ parameters }) => parameters),
  };
}

test('every type of value comes over as it is', async () => {
  const columns = 'Id, N, tostring(At), tostring(Span), tostring(Bag), R, B, tostring(G)';
  const query = (from: string): string => `${from}T | project ${columns} | order by N asc`;
  expect(await engine.rows(query(`${there}.`))).toEqual(await owner.rows(query('')));
});

test.each([
  ['T', 'table("T")'],
  ["table('T')", 'table("T")'],
  ["materialized_view('V')", 'materialized_view("V")'],
  ["materialized_view('V', 1m)", 'materialized_view("V")'],
  ['F(2)', 'F(long(2))'],
])('%s is read there, with its filter and the columns that are needed', async (written, from) => {
  const { rows, texts } = await asked(`${there}.${written} | where Id =~ "b" | project N`);
  expect(rows).toEqual([[2]]);
  expect(texts).toEqual([`${from} | where (["Id"] =~ "b") | project ["N"]`]);
});

test('keys that come from this database go over as a list, and only rows with them come back', async () => {
  const { rows, texts, parameters } = await asked(
    `let keys = toscalar(Keys | summarize make_set(Key)); ${there}.materialized_view('V') | where Id in~ (keys) | summarize count()`,
  );
  expect(rows).toEqual([[2]]);
  expect(texts).toEqual([
    'materialized_view("V") | where (["Id"] in~ (_read_0)) | project _read_time = true',
  ]);
  expect(parameters).toEqual([{ _read_0: 'dynamic(["A","b"])' }]);
});

test('keys that come from one read filter the next, and what is the same is read once', async () => {
  const { rows, texts } = await asked(
    `let found = materialize(${there}.T | where N == 2 | project Id);
     let ids = toscalar(found | summarize make_set(Id));
     union (${there}.T | where Id in (ids) | project Id), found`,
  );
  expect(rows).toEqual([['B'], ['B']]);
  expect(texts).toEqual([
    'table("T") | where (["N"] == long(2)) | project ["Id"]',
    'table("T") | where (["Id"] in (_read_0)) | project ["Id"]',
  ]);
});

test.each([
  ['no key', 'T | where Id in (dynamic([])) or false', 1],
  ['an empty list from here', 'T | where Id in (none)', 0],
  ['a condition that is false', 'T | where asked == "other"', 0],
])('with %s nothing is fetched that cannot be in the answer', async (_, read, requests) => {
  const before =
    'let none = toscalar(Keys | take 0 | summarize make_set(Key)); let asked = toscalar(Keys | take 1);';
  const { rows, texts } = await asked(`${before} ${there}.${read}`);
  expect(rows).toEqual([]);
  expect(texts).toHaveLength(requests);
});

test.each([
  ['tolower(Id) == "a" and not(N < 1)', '(tolower(["Id"]) == "a")'],
  ['tostring(Bag.k[0]) == "x"', '(tostring(["Bag"]["k"][long(0)]) == "x")'],
  ['N between (1 .. 5)', '(["N"] between (long(1) .. long(5)))'],
  ['Id !in ("x", "y") and iff(N > 1, "p", "q") == "p"', 'iff((["N"] > long(1)), "p", "q")'],
  ['ingestion_time() > ago(1d)', '(ingestion_time() > _read_0)'],
  ['Id has "odd" or Id matches regex "^[ab]$"', '((["Id"] has "odd") or (["Id"] matches regex "^[ab]$"))'],
  ['Id == "it\'s \\"odd\\" \\\\東"', '"it\'s \\u0022odd\\u0022 \\u005c\\u6771"'],
  ['N > -5 and -N < 5', '(-["N"])'],
])('%s is a filter there, and means the same', async (condition, written) => {
  const { rows, texts } = await asked(
    `${there}.T | where ${condition} | project Id, N | order by Id asc, N asc`,
  );
  const text = written.replaceAll('[long(0)]', '[0]');
  expect(texts).toEqual([expect.stringContaining(text)]);
  expect(rows).toEqual(await owner.rows(`T | where ${condition} | project Id, N | order by Id asc, N asc`));
});

test('rows are appended from there, in a window of ingestion times', async () => {
  await engine.rows(
    `.set-or-append Copy <| let windowStart = datetime(2000-01-01); ${there}.T | where ingestion_time() >= windowStart | project Id, N, At`,
  );
  expect(await engine.rows('Copy | count')).toEqual([[4]]);
});

test('a stored function reads there, and the indexes of what it looks up here are made', async () => {
  await engine.rows(`.create function Found(key: string) {
    let keys = toscalar(Keys | where Key == key | summarize make_set(Key));
    ${there}.T | where Id in~ (keys) | distinct Id }`);
  expect(await engine.rows('Found("b")')).toEqual([['B']]);
  expect(await engine.rows('Found("B")')).toEqual([]);
});

describe('is refused, with its position:', () => {
  test.each([
    ['a cluster that is not allowed', "cluster('http://127.0.0.1:9').database('D').T", 1],
    [
      'a view there',
      "print 1 | join (cluster('http://127.0.0.1:9').database('D').materialized_view('V')) on x",
      17,
    ],
    ['a cluster elsewhere', "cluster('https://help.kusto.windows.net').database('D').T", 1],
  ])('%s', async (_, query, column) => {
    expect(await engine.refusal(query)).toMatchObject({
      status: 400,
      message: expect.stringMatching(
        new RegExp(`': other clusters and databases are not supported.* \\[line 1, column ${column}\\]$`),
      ),
    });
  });

  test('every cluster, unless one is allowed', async () => {
    expect(await owner.refusal(`cluster('${engine.url}').database('NetDefaultDB').Keys`)).toMatchObject({
      message: expect.stringContaining('other clusters and databases are not supported'),
    });
  });

  test('one in the body of a function', async () => {
    await engine.rows(
      ".create function with (skipvalidation='true') Bad() {\n  cluster('http://127.0.0.1:9').database('D').materialized_view('V')\n}",
    );
    expect(await engine.refusal('Bad() | count')).toMatchObject({
      message: expect.stringMatching(/^In function 'Bad': .*not supported.* \[line 2, column 3\]$/),
    });
  });

  test('a name that is not there', async () => {
    expect(await engine.refusal(`${there}.Nothing`)).toMatchObject({ status: 400 });
    expect(await engine.refusal(`cluster('${wire.url}').database('Other').T`)).toMatchObject({ status: 400 });
  });
});

test('a mistyped name there brings the nearest one there', async () => {
  await engine.rows('.create table OnlyHere (A: string)');
  for (const name of ['OnlyThre', "table('OnlyThre')"]) {
    expect((await engine.refusal(`${there}.${name}`)).message).toContain("Did you mean 'OnlyThere'?");
  }
  expect((await engine.refusal(`${there}.OnlyHer`)).message).not.toContain('OnlyHere');
});

test('an engine that is read for another one reads no third', async () => {
  const refused = await engine.refusal(`${there}.T`, { request_remote_entities_disabled: true });
  expect(refused.message).toContain('other clusters and databases are not supported');
  expect(wire.asked.every(({ options }) => options.request_remote_entities_disabled === true)).toBe(true);
  expect(wire.asked.every(({ options }) => options.request_readonly === true)).toBe(true);
});

test.each([
  ['is cut off', { kind: 'cut' }, 503, /did not answer/],
  ['is busy', { kind: 'status', status: 429 }, 503, /answered 429/],
  ['refuses', { kind: 'status', status: 401 }, 400, /refused to be read \(401\)/],
  ['redirects', { kind: 'status', status: 302 }, 400, /refused to be read \(302\)/],
  ['answers something else', { kind: 'body', body: '<html>' }, 400, /the answer is not one of Kusto/],
  [
    'has too many rows',
    { kind: 'body', body: '[{"HasErrors":true,"OneApiErrors":[{"error":{"code":"LimitsExceeded"}}]}]' },
    400,
    /more than 100000 rows: filter it/,
  ],
] as const)('a cluster that %s is an error that says so', async (_, fault, status, message) => {
  wire.fail(fault);
  try {
    expect(await engine.refusal(`${there}.T | count`)).toMatchObject({
      status,
      message: expect.stringMatching(message),
    });
  } finally {
    wire.recover();
  }
});

test('a column that is added there is known here after a moment', async () => {
  const query = `${there}.T | where Id == "B" | project Added`;
  expect(await engine.refusal(query)).toMatchObject({ status: 400 });
  await owner.rows('.alter-merge table T (Added: string)');
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 2_000);
  try {
    expect(await engine.rows(query)).toEqual([['']]);
  } finally {
    clock.mockRestore();
  }
});

test('two engines on this machine are read in one query, if their databases differ in name', async () => {
  const other = await startTestEngine();
  await other.rows('.create database Theirs');
  const both = await startTestEngine({ allowedClusters: [{ url: other.url }, { url: wire.url }] });
  const read = (database: string): string =>
    `union (cluster('${other.url}').database('${database}').T), (${there}.T) | count`;
  const theirs = { db: 'Theirs', csl: '.create table T (Id: string)' };
  const created = await fetch(`${other.url}/v1/rest/mgmt`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(theirs),
  });
  expect(created.status).toBe(200);
  expect(await both.rows(read('Theirs'))).toEqual([[4]]);
  expect((await both.refusal(read('NetDefaultDB'))).message).toContain('the names have to differ');
  await both.close();
  await other.close();
});

test('an engine with a token is read with it, and refuses without it', async () => {
  const closed = await startTestEngine({ token: 'secret' });
  const read = `cluster('${closed.url}').database('NetDefaultDB').T`;
  const without = await startTestEngine({ allowedClusters: [{ url: closed.url }] });
  const refused = await without.refusal(read);
  expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('(401)') });
  await without.close();
  const right = await startTestEngine({ allowedClusters: [{ url: closed.url, token: 'secret' }] });
  // It gets in; there is no such table.
  expect((await right.refusal(read)).message).not.toMatch(/401|secret/);
  await right.close();
  await closed.close();
});

test.each([
  'https://help.kusto.windows.net',
  'http://10.0.0.1:7101',
  'http://127.0.0.1:7101/path',
  'http://user:pass@127.0.0.1:7101',
  'ftp://127.0.0.1',
  'nothing',
])('%s cannot be allowed', async (url) => {
  await expect(startTestEngine({ allowedClusters: [{ url }] })).rejects.toThrow(AllowedClusterError);
});
