/**
 * Every mistake that an operator makes in infra/ is found by `check`. By default one of each operator's is tried;
 * INFRA_MUTANTS=all tries all.
 */
import { check, problemsIn } from '../../infra/check/check.ts';
import { Memo } from '../../infra/memo.ts';
import { loadSources } from '../../infra/sources.ts';
import { operators } from '../support/infra/mutations.ts';

const sources = loadSources();
const memo = new Memo();
const all = process.env.INFRA_MUTANTS === 'all';

// First, because each mistake then costs what it changes only.
test('what is left alone has no mistake', () => {
  expect(check(sources, memo)).toEqual([]);
});

test.each(operators)('$name', ({ mutants }) => {
  const made = mutants(sources);
  expect(made.length).toBeGreaterThan(0);
  const middle = Math.floor(made.length / 2);
  const chosen = all ? made : made.slice(middle, middle + 1);
  const survived = chosen
    .filter((mutant) => problemsIn(mutant.sources, new Memo(memo)).next().done)
    .map(({ place }) => place);
  expect(survived).toEqual([]);
});
