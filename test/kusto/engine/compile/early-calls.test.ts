/** Calls that depend on parameters alone are made before a statement runs, and change no answer. */
import { expect, test } from '@jest/globals';
import { compileQuery } from '../../../../kusto/engine/compile.ts';
import { boundStatement } from '../../../../kusto/engine/slot-values.ts';
import { catalogOf, refusalOf, rowsOf, type Value } from '../../../support/engine/kql.ts';

const declared = 'declare query_parameters(p: string, n: long = 3);';

function bound(query: string, parameters: Record<string, string>) {
  const statement = compileQuery(catalogOf({}), `${declared} ${query}`);
  return { statement, ...boundStatement(statement, parameters, 0n) };
}

/** `rowsOf` fails where the two forms of a statement differ. */
function answer(query: string, p: string): Value[][] {
  return rowsOf(`${declared} ${query}`, { parameters: { p } });
}

test('a call with parameters, literals and other such calls is a value, and equal ones are made once', () => {
  const { sql, values, statement } = bound(
    "range i from 1 to 2 step 1 | project a = tolower(p), b = extract('b(.)', 1, tolower(p)), c = tolower(p)",
    { p: 'ABC' },
  );
  expect(sql).not.toContain('kql_tolower');
  expect(sql).not.toContain('kql_extract');
  expect(statement.sql).toContain('kql_tolower');
  expect(values).toEqual([{ p0: 'abc', p1: 'c' }]);
});

test('calls that differ are told apart, whatever they differ in', () => {
  const angles = (y: string) => `atan2(todouble(n), real(${y}))`;
  expect(answer(`print ${['+inf', '-inf', 'null', '0'].map(angles).join()}`, '')).toEqual([
    [0, Math.PI, null, Math.PI / 2],
  ]);
  const odd = "declare query_parameters(a: string = 'x', ['n,?d']: long = 2, n: long = 3, d: string = '-');";
  expect(rowsOf(`${odd} print strrep(a, ['n,?d']), strrep(a, n, d)`, {})).toEqual([['xx', 'x-x-x']]);
});

test('what depends on a row stays a call, and a statement without early calls has no such form', () => {
  const { sql } = bound('range i from 1 to 2 step 1 | project strrep(p, i), toupper(p)', { p: 'x' });
  expect(sql).toContain('kql_strrep');
  expect(sql).not.toContain('kql_toupper');
  expect(compileQuery(catalogOf({}), `${declared} print p, n + 1`).early).toBeUndefined();
});

test.each([
  [
    'print tolower(p), toupper(p), reverse(p)',
    'Ärger\u0000x',
    [['ärger\u0000x', 'ÄRGER\u0000X', 'x\u0000regrÄ']],
  ],
  ['print url_encode(p), strlen(p)', 'a\ud800b', [['a%ef%bf%bd%ef%bf%bd%ef%bf%bdb', 5]]],
  ["print extract('(x)(y)?', 2, p)", 'x', [['']]],
  ['print array_length(parse_json(p)), parse_json(p)', '[1, null]', [[2, [1, null]]]],
  ['print parse_json(tolower(p))', 'NULL', [[null]]],
  ['print isnull(todouble(p)), todouble(p)', 'nan', [[true, null]]],
])('%s of %j', (query, p, rows) => {
  expect(answer(query, p)).toEqual(rows);
});

test('a call that fails fails the query only where the query comes to it', () => {
  const place = "indexof(p, 'a', 0, -1, n)";
  const guarded = `print iff(n == 0, -2, ${place})`;
  const run = (query: string, n: string) => ({
    query: `${declared} ${query}`,
    run: { parameters: { p: 'abab', n } },
  });
  const rows = (n: string) => rowsOf(run(guarded, n).query, run(guarded, n).run);
  expect(rows('2')).toEqual([[2]]);
  expect(rows('0')).toEqual([[-2]]);
  expect(bound(guarded, { p: 'abab', n: '2' }).sql).not.toContain('kql_indexof');
  expect(bound(guarded, { p: 'abab', n: '0' }).sql).toContain('kql_indexof');
  const unguarded = run(`print ${place}`, '0');
  expect(refusalOf(unguarded.query, unguarded.run)).toContain('the occurrence must be 1 or more');
});

test('long parameters and values are left to the statement, which can be ended', () => {
  expect(bound('print strrep(p, n)', { p: 'A'.repeat(5_000), n: '2' }).sql).not.toContain('kql_strrep');
  expect(bound('print strrep(p, n)', { p: 'A'.repeat(5_000), n: '3' }).sql).toContain('kql_strrep');
  expect(bound('print tolower(p)', { p: 'A'.repeat(10_000) }).sql).not.toContain('kql_tolower');
  expect(bound('print tolower(p)', { p: 'A'.repeat(10_001) }).sql).toContain('kql_tolower');
});

test('a parameter that is missing or wrong is refused as in any statement', () => {
  expect(() => bound('print tolower(p)', {})).toThrow("The query parameter 'p' has no value");
  expect(() => bound('print tolower(p), strrep(p, n)', { p: 'x', n: 'y' })).toThrow(
    "'n' is not a valid long",
  );
});
