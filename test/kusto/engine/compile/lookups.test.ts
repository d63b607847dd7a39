/** The SQL of the three lookups: one statement each, that finds its rows by index. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { Catalog, type StoredColumn } from '../../../../kusto/engine/catalog.ts';
import {
  checkFunction,
  compileQuery,
  describeView,
  type SuggestedIndex,
  type SuggestedIndexes,
  suggestIndexes,
} from '../../../../kusto/engine/compile.ts';
import { registerKqlFunctions } from '../../../../kusto/engine/functions/register.ts';
import { loadDefinitions } from '../../../../kusto/schema/load.ts';
import { catalogOf, columnsFrom } from '../../../support/engine/kql.ts';

let catalog = new Catalog('test');
let indexes: SuggestedIndex[] = [];
const db = new Database(':memory:');
registerKqlFunctions(db);

beforeAll(() => {
  for (const definition of loadDefinitions()) {
    if (definition.kind === 'policy') continue;
    const { name, folder, docString } = definition;
    const described = { name, folder, docString };
    if (definition.kind === 'function') {
      const parameters = columnsFrom(definition.parameters);
      catalog = catalog.with({ kind: 'function', ...described, parameters, body: definition.body });
    } else if (definition.kind === 'table') {
      const columns = stored(
        columnsFrom(definition.columns.map((column) => `${column.name}:${column.type}`).join(',')),
      );
      create(name, columns);
      catalog = catalog.with({ kind: 'table', ...described, physical: name, columns });
    } else {
      const { source, query } = definition;
      const columns = stored(describeView(catalog, source, query).columns);
      create(name, columns);
      catalog = catalog.with({ kind: 'view', ...described, physical: name, source, query, columns });
    }
  }
  indexes = suggestIndexes(catalog).all;
  indexes.forEach(({ physicalTable, keys }, n) => {
    db.exec(`CREATE INDEX "${physicalTable}.${n}" ON "${physicalTable}" (${keys.join(', ')})`);
  });
});

function stored(columns: readonly Pick<StoredColumn, 'name' | 'type'>[]): StoredColumn[] {
  return columns.map(({ name, type }) => ({ name, type, physical: name }));
}

function create(name: string, columns: readonly StoredColumn[]): void {
  db.exec(
    `CREATE TABLE "${name}" (${[...columns.map(({ physical }) => `"${physical}"`), '"$ingestion"'].join(', ')})`,
  );
}

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
});
