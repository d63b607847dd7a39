/**
 * Questions asked in two ways, of generated tables through generated operators: the answers are the same. Others with
 * ENGINE_SEED, many with ENGINE_QUESTIONS; a failure says the seed of its tables.
 */
import { expect, test } from '@jest/globals';
import { type Answer, answersIn, catalogOf, databaseOf } from '../../../support/engine/kql.ts';
import { Draw } from '../../../support/engine/questions/draw.ts';
import { columnsOfType, KEYS } from '../../../support/engine/questions/expressions.ts';
import type { PairOf } from '../../../support/engine/questions/pairs/subject.ts';
import { PAIRS } from '../../../support/engine/questions/pairs.ts';
import { RowsGenerator } from '../../../support/engine/questions/rows.ts';
import { drawTables } from '../../../support/engine/questions/tables.ts';

const questions = Number(process.env.ENGINE_QUESTIONS ?? 3);
const firstSeed = Number(process.env.ENGINE_SEED ?? 1);

/** Ways to give the rows a place in a question. */
const PLACES: readonly ((question: string, rows: string) => string)[] = [
  (question, rows) => question.replaceAll('@', () => `(${rows})`),
  (question, rows) => `let rows = ${rows};\n${question.replaceAll('@', 'rows')}`,
  (question, rows) => `let rows = materialize(${rows});\n${question.replaceAll('@', 'rows')}`,
];

test.each(Object.entries(PAIRS))('%s', (name, pairOf) => {
  for (let seed = firstSeed; seed < firstSeed + questions; seed++)
    askBoth(seed, new Draw(seed * 1000 + Object.keys(PAIRS).indexOf(name)), pairOf);
});

/** Draws until the pair has something to ask. */
function askBoth(seed: number, draw: Draw, pairOf: PairOf): void {
  const tables = drawTables(draw);
  const catalog = catalogOf({ tables });
  const db = databaseOf(catalog, { tables });
  const generator = new RowsGenerator(draw, tables);
  try {
    for (;;) {
      const rows = generator.rows();
      const keys = rows.columns.filter(({ type }) => KEYS.includes(type));
      const numbers = columnsOfType(rows.columns, 'long');
      if (keys.length === 0 || numbers.length === 0) continue;
      const pair = pairOf({ rows, draw, generator, key: draw.pick(keys), number: draw.pick(numbers) });
      if (!pair) continue;
      const answers = pair.map((question) => {
        const query = draw.pick(PLACES)(question, rows.text);
        try {
          return { query, rows: rowsIn(answersIn(db, catalog, query)[0]) };
        } catch (error) {
          throw new Error(`${error}\nseed ${seed}:\n${query}`);
        }
      });
      expect({ seed, ...answers[1] }).toEqual({ seed, query: answers[1]?.query, rows: answers[0]?.rows });
      return;
    }
  } finally {
    db.close();
  }
}

/** The rows in an order of their own: the questions do not ask for one. */
function rowsIn(answer: Answer | undefined): string[] {
  return (answer?.rows ?? []).map((row) => JSON.stringify(row)).sort();
}
