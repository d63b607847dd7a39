/**
 * Examples with a printed answer on the pages below https://learn.microsoft.com/kusto/query/ whose operators and
 * functions are supported: `facts.json` has page, query and answer, and where the page prints another one, why that is
 * so. Examples whose answer is of chance or of the time of asking are not in it: those of `sample` and `now()`. Rows come
 * in any order unless the query sorts them. Those of every fourth function by default, since compiling takes time; all with
 * ENGINE_FACTS=all.
 */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { type Answer, answersIn, catalogOf, databaseOf, type Value } from '../../../support/engine/kql.ts';

interface Fact extends Answer {
  readonly page: string;
  readonly query: string;
  /** What is wrong with the answer on the page. */
  readonly difference?: string;
}

const facts: readonly Fact[] = JSON.parse(readFileSync(new URL('facts.json', import.meta.url), 'utf8'));
const pages = new Map<string, Fact[]>();
for (const fact of facts) pages.set(fact.page, [...(pages.get(fact.page) ?? []), fact]);

const catalog = catalogOf({});
const db = databaseOf(catalog, {});
afterAll(() => {
  db.close();
});

test('there are facts of many pages', () => {
  expect(facts.length).toBeGreaterThan(375);
  expect(pages.size).toBeGreaterThan(190);
  expect(facts.filter(({ difference }) => difference === '')).toEqual([]);
});

const isFunction = (page: string): boolean => page.endsWith('-function');
const tried = [...pages].filter(
  ([page], index) => process.env.ENGINE_FACTS === 'all' || !isFunction(page) || index % 4 === 0,
);

test.each(tried)('%s', (_, examples) => {
  for (const { query, columns, rows } of examples) {
    const [answer] = answersIn(db, catalog, query);
    const given = { query, columns: answer?.columns, rows: inOrder(query, answer?.rows ?? []) };
    expect(given).toEqual({ query, columns, rows: inOrder(query, rows) });
  }
});

function inOrder(query: string, rows: readonly Value[][]): readonly string[] {
  const texts = rows.map((row) => JSON.stringify(row));
  return /\b(?:order|sort|top)\b/.test(query) ? texts : texts.sort();
}
