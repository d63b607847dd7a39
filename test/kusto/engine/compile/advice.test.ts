/** What a refusal says beside the fault: what was probably meant, and where what is supported is listed. */
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
  await engine.rows('.create table Builds (OrganizationName: string, Timestamp: datetime, Number: long)');
  await engine.rows(
    '.create materialized-view BuildState on table Builds { Builds | summarize arg_max(Timestamp, *) by OrganizationName }',
  );
  await engine.rows('.create function GetRun_v1(id: long) { Builds | where Number == id }');
});
afterAll(() => engine.close());

test.each([
  ['a table', 'Buidls | count', 'Builds'],
  ['a table in other case', 'builds | count', 'Builds'],
  ['a table by name', "table('Buils')", 'Builds'],
  ['a view', "materialized_view('BuildStat')", 'BuildState'],
  ['a view in a join', 'Builds | join kind=inner (BuildStat) on OrganizationName', 'BuildState'],
  ['a column', "Builds | where OrganisationName == 'x'", 'OrganizationName'],
  ['a column in other case', 'Builds | project timestamp', 'Timestamp'],
  ['a column to sort by', 'Builds | order by Timestmp', 'Timestamp'],
  ['a column to leave out', 'Builds | project-away Timestmp', 'Timestamp'],
  ['a column that the query made', 'Builds | extend Quality = 1 | where Qualtiy > 0', 'Quality'],
  ['a variable', 'let payloads = 1; print paylods', 'payloads'],
  ['a function', 'Builds | extend x = toloer(OrganizationName)', 'tolower'],
  ['an aggregate', 'Builds | summarize coutn()', 'count'],
  ['a stored function', 'GetRun_v2(1)', 'GetRun_v1'],
  ['a function of the query', 'let twice = (n: long) { n * 2 }; print twcie(1)', 'twice'],
  ['an operator of a pipe', 'Builds | wher Number == 1', 'where'],
  ['an operator in British', 'Builds | summarise count()', 'summarize'],
  ['an operator with a hyphen', 'Builds | mv-expnd Number', 'mv-expand'],
  ['another one', 'Builds | project-awya Number', 'project-away'],
  ['an operator between values', "Builds | where OrganizationName contians 'x'", 'contains'],
  ['an operator with a list', "Builds | where OrganizationName has_ayn ('x')", 'has_any'],
  ['the kind of a join', 'Builds | join kind=iner (BuildState) on OrganizationName', 'inner'],
  ['a command', '.shwo tables', '.show tables'],
  [
    'a command of several words',
    '.create materialised-view V on table Builds { Builds }',
    '.create materialized-view',
  ],
  ['a table in a command', '.drop table Build', 'Builds'],
  ['a function in a command', '.show function GetRun_v', 'GetRun_v1'],
  ['a view in a command', '.drop materialized-view BuildsState', 'BuildState'],
  ['a table in a policy', '.show table Bilds policy retention', 'Builds'],
])('%s is mistyped: %s', async (_, text, meant) => {
  const { status, message } = await engine.refusal(text);
  expect(status).toBe(400);
  expect(message.match(/Did you mean '([^']*)'\?/g)).toEqual([`Did you mean '${meant}'?`]);
});

test.each([
  'Xyzzy | count',
  'Builds | where Wholly == 1',
  'print fooooo(1)',
  '.frobnicate',
  'Builds | q 1',
  '.drop table Xyzzy',
])('nothing is near: %s', async (text) => {
  expect((await engine.refusal(text)).message).not.toMatch(/did you mean/i);
});

test.each([
  ['an operator', 'Builds | reduce by OrganizationName'],
  ['an operator with several results', 'Builds | facet by OrganizationName'],
  [
    'an operator that brings columns',
    'Builds | make-graph a --> b | graph-match (x)-[e]->(y) where x.q > 1 project x.q',
  ],
  ['an operator over all tables', 'find in (Builds) where Nowhere == 1'],
  ['a plugin', 'Builds | evaluate autocluster()'],
  ['a plugin whose columns are unknown', 'Builds | evaluate preview(5)'],
  ['a plugin that reads no rows', "evaluate http_request('https://example.com')"],
  ['an operator that nobody knows', 'Builds | xyzzy 1'],
  ['a function', 'print series_fit_line(dynamic([1]))'],
  ['a function that nobody knows', 'print xyzzyxyzzy(1)'],
  ['an aggregate', 'Builds | summarize hll(Number)'],
  ['a form of a function', 'print hash(5)'],
  ['a number that is none', 'print real(nan)'],
  ['a kind of statement', 'declare pattern P; print 1'],
  ['an option that changes answers', 'set query_now = datetime(2024-01-01); print now()'],
  ['a wildcard beside a name of the same table', 'union B*, Builds | count'],
  ['another cluster', "cluster('http://127.0.0.1:9').database('D').T"],
])('%s that is not supported points to the list, once', async (_, text) => {
  const { status, message } = await engine.refusal(text);
  expect(status).toBe(400);
  expect(message.match(/docs\/kql-support\.md/g)).toHaveLength(1);
});

test.each([
  ['a column', 'Builds | where Numbr == 1', 'Number'],
  ['a variable', 'let payload = 1; Builds | where Number == paylod', 'payload'],
  ['a function', "Builds | where toloer(OrganizationName) == 'x'", 'tolower'],
  ['a table', 'Buidls | count', 'Builds'],
])('%s is mistyped in the body of a function that was not checked', async (_, body, meant) => {
  await engine.rows(`.create-or-alter function with (skipvalidation='true') Unchecked() {\n  ${body}\n}`);
  expect((await engine.refusal('Unchecked()')).message).toMatch(
    new RegExp(`^In function 'Unchecked': .*Did you mean '${meant}'\\? \\[line 2, column \\d+\\]$`),
  );
});

test('a function of Kusto that is not supported is not taken for a mistyped one', async () => {
  expect((await engine.refusal('print strcat_arra()')).message).toMatch(/did you mean/i);
  expect((await engine.refusal('print rand()')).message).not.toMatch(/did you mean/i);
});

test('an unknown command points to the list of commands', async () => {
  expect(await engine.refusal('.frobnicate')).toMatchObject({
    message: "Unknown command '.frobnicate' (see docs/embedded-engine.md) [line 1, column 2]",
  });
});

test('very long names cost nothing', async () => {
  const { message } = await engine.refusal(`print ${'x'.repeat(100_000)}(1)`);
  expect(message).not.toMatch(/did you mean/i);
});

test('a query of too many levels is refused', async () => {
  const refusal = await engine.refusal(`print 1 ${'| where x > 1 '.repeat(3000)}`);
  expect(refusal).toMatchObject({ status: 400, message: expect.stringContaining('depth exceeds') });
});
