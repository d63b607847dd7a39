/** The SQL of the three lookups: one statement each, that finds its rows by index. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Catalog, DEFAULT_DATABASE } from '../../../../kusto/engine/catalog.ts';
import {
  checkFunction,
  compileQuery,
  type SuggestedIndex,
  type SuggestedIndexes,
  suggestIndexes,
} from '../../../../kusto/engine/compile.ts';
import { type Connection, openForReading } from '../../../../kusto/engine/store/connection.ts';
import { loadCatalog, loadFunctionIndexes } from '../../../../kusto/engine/store/schema.ts';
import type { DataFolder } from '../../../support/engine/data-folder.ts';
import { catalogOf } from '../../../support/engine/kql.ts';
import { appliedFolder } from '../../../support/engine/prepared-folder.ts';

let folder: DataFolder;
let db: Connection;
let catalog: Catalog;
let indexes: SuggestedIndex[];

beforeAll(async () => {
  // The engine has bound all functions there, and has made the indexes that these want.
  folder = await appliedFolder();
  db = openForReading(join(folder.path, `${DEFAULT_DATABASE}.sqlite`));
  catalog = loadCatalog(db, DEFAULT_DATABASE);
  indexes = suggestIndexes(catalog, loadFunctionIndexes(db)).all;
});
afterAll(() => {
  db.close();
  folder.remove();
});

/** How SQLite reads the stored tables of a query. */
function tableAccess(call: string, parameters: string): string[] {
  const { sql, slots } = compileQuery(catalog, `declare query_parameters(${parameters}); ${call}`);
  const steps = db
    .prepare<string[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...slots.map(() => 'x'));
  const stored = new Map(
    [...sql.matchAll(/"(\w+)" AS (t\d+)/g)].map(([, table = '', alias = '']) => [alias, table]),
  );
  return steps.flatMap(({ detail }) => {
    const [, alias = ''] = /^(?:SEARCH|SCAN) (t\d+)\b/.exec(detail) ?? [];
    return stored.has(alias) ? [detail] : [];
  });
}

describe('the lookups', () => {
  test.each([
    ['GetBuild2Deployment_v1(a, b, c)', 'a:string, b:string, c:string', 6],
    ['GetDeployment2Build_v1(a, b)', 'a:string, b:string', 3],
    ['GetPayload2Build_v1(a, b)', 'a:string, b:string', 4],
  ])('%s reads every table by index', (call, parameters, tables) => {
    const steps = tableAccess(call, parameters);
    expect(steps.filter((step) => !/^SEARCH t\d+ USING (COVERING )?INDEX/.test(step))).toEqual([]);
    expect(steps).toHaveLength(tables);
  });

  // What does not bind by itself is compiled where it is called, and gets no index of its own.
  test.each(['GetDeployment2Build_v1', 'GetPayload2Build_v1'])('%s binds by itself', (name) => {
    const [fn] = catalog.functions.filter((one) => one.name === name);
    expect(fn && checkFunction(catalog, fn).map((column) => column.name)).toContain('Found');
  });

  test('are what indexes are suggested for', () => {
    const written = indexes.map(({ physicalTable, keys }) => `${physicalTable}(${keys.join(', ')})`);
    expect(written).toEqual(
      expect.arrayContaining([
        'Build2Payload("OrganizationName", "ProjectId", "Id", "DeploymentSource")',
        'Build2Payload("Payload", "DeploymentSource")',
        'EntityChangeEventsMaterializedView(kql_fold("BuildVersion"))',
        'EntityChangeEventsMaterializedView(kql_fold("ParentChangeActivity"))',
        'BuildVersion2Payload("BuildVersionTrimmed", "Source")',
        expect.stringMatching(
          /^EntityChangeEventsMaterializedView\(kql_tolower\(kql_extract\(.*"ChangeActivity"\)\)\)$/,
        ),
      ]),
    );
  });

  test('alone are: constants make no index', () => {
    const small = catalogOf({
      tables: { T: { columns: 'kind:string, id:string' } },
      functions: {
        'Kind()': 'T | where kind == "x"',
        'One(id:string)': 'let asked = id; T | where kind == "x" and id == asked',
      },
    });
    expect(suggestIndexes(small).all).toEqual([{ physicalTable: 'T', keys: ['"kind"', '"id"'] }]);
  });

  test.each([
    ['A(id:string)', 'let asked = id; T | where id == asked', '"id"'],
    ['A(asked:string)', 'T | where id =~ asked', 'kql_fold("id")'],
    ['A(asked:dynamic)', 'T | where id in (asked)', '"id"'],
    ['A(asked:dynamic)', 'T | where id in~ (asked)', 'kql_fold("id")'],
    ['A(asked:string)', 'T | where substring(id, 2) == asked', 'kql_substring("id", 2)'],
    ['A(asked:string)', 'T | extend short = tolower(id) | where short == asked', 'kql_tolower("id")'],
  ])('%s with %s wants an index on %s', (name, body, key) => {
    const catalog = catalogOf({
      tables: { T: { columns: 'kind:string, id:string' } },
      functions: { [name]: body },
    });
    expect(suggestIndexes(catalog).all).toEqual([{ physicalTable: 'T', keys: [key] }]);
  });

  test.each([
    ['a parameter', 'T | where kind == asked and n > most'],
    ['several parameters', 'T | where n < most and kind == asked and n > 5 and id != asked'],
    [
      'what a join brings',
      'let wanted = materialize(T | summarize least = max(n) by kind); wanted | join kind=inner T on kind | where n > least',
    ],
  ])('a column that is compared as a range with %s comes after those that are equal', (_, body) => {
    const catalog = catalogOf({
      tables: { T: { columns: 'n:long, kind:string, id:string' } },
      functions: { 'A(asked:string, most:long)': body },
    });
    expect(suggestIndexes(catalog).all).toEqual([{ physicalTable: 'T', keys: ['"kind"', '"n"'] }]);
  });

  test('a range alone makes no index', () => {
    const catalog = catalogOf({
      tables: { T: { columns: 'n:long, kind:string' } },
      functions: { 'A(most:long)': 'T | where n > most' },
    });
    expect(suggestIndexes(catalog).all).toEqual([]);
  });

  test.each([
    ['what is made of two columns', 'T | where strcat(kind, id) == asked'],
    ['a test that is no equality', 'T | where id startswith asked'],
    ['what a list does not contain', 'T | where id !in (asked)'],
  ])('%s wants none', (_, body) => {
    const catalog = catalogOf({
      tables: { T: { columns: 'kind:string, id:string' } },
      functions: { 'A(asked:string)': body },
    });
    expect(suggestIndexes(catalog).all).toEqual([]);
  });

  test('what was found before is taken while nothing changes that the function depends on', () => {
    const catalogWith = (columns: string) =>
      catalogOf({
        tables: { T: { columns }, Other: { columns } },
        functions: { 'A(asked:string)': 'T | where id == asked', 'B(asked:string)': 'A(asked)' },
      });
    const [a, b] = suggestIndexes(catalogWith('id:string')).byFunction;
    if (!a || !b) throw new Error('no indexes');
    const known = [
      { ...a, indexes: [{ physicalTable: 'T', keys: ['"found"'] }] },
      { ...b, indexes: [] },
    ];
    const found = ({ all }: SuggestedIndexes) => all.map(({ keys }) => keys.join());
    expect(found(suggestIndexes(catalogWith('id:string'), known))).toEqual(['"found"']);
    const other = catalogWith('id:string').with({
      ...{ kind: 'table', name: 'More', folder: '', docString: '', physical: 'More', columns: [] },
    });
    expect(found(suggestIndexes(other, known))).toEqual(['"found"']);
    expect(found(suggestIndexes(catalogWith('id:string, n:long'), known))).toEqual(['"id"']);
  });

  test('the schema of another cluster matters to the functions that reach it alone', () => {
    const cluster = 'http://127.0.0.1:7199';
    const ours = { columns: 'id:string' };
    const catalog = catalogOf({
      tables: { T: ours },
      functions: {
        'A(asked:string)': 'T | where id == asked',
        'Theirs()': `cluster('${cluster}').database('D').X`,
        'B(asked:string)': 'T | where id == asked | join kind=leftsemi Theirs() on id',
      },
    });
    const columns = [{ name: 'id', type: 'string', physical: 'id' }] as const;
    const described = { folder: '', docString: '' };
    const remote = (key: string) => ({
      ...{ cluster, database: 'D', key },
      entities: [{ kind: 'table', name: 'X', ...described, physical: 'X', columns }] as const,
    });
    const nameOf = ({ key }: { key: string }) => key.split(' ')[0];
    const known = suggestIndexes(catalog, [], [remote('before')]).byFunction;
    expect(known.map(nameOf)).toEqual(['A', 'Theirs', 'B']);
    const again = suggestIndexes(catalog, known, [remote('after')]).byFunction;
    expect(again.filter(({ key }) => known.some((one) => one.key === key)).map(nameOf)).toEqual(['A']);
  });
});
