/**
 * Every mistake that an operator makes in infra/ is found by `check`. By default some of each operator's are tried, others
 * in every run; INFRA_MUTANTS=all tries all.
 */
import { check } from '../../infra/check/check.ts';
import { Memo } from '../../infra/memo.ts';
import { loadSources } from '../../infra/sources.ts';
import { operators } from '../support/infra/mutations.ts';

const sources = loadSources();
const memo = new Memo();
const all = process.env.INFRA_MUTANTS === 'all';
const triedOfEach = 3;

/** Mistakes that are none, by their place: docs/infrastructure.md says why. */
const survivors: Readonly<Record<string, readonly RegExp[]>> = {};

test.each(operators)('$name', ({ name, mutants }) => {
  const made = mutants(sources);
  expect(made.length).toBeGreaterThan(0);
  const explained = survivors[name] ?? [];
  const step = all ? 1 : Math.max(1, made.length / triedOfEach);
  const chosen = made.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
  const survived = chosen
    .filter((mutant) => check(mutant.sources, new Memo(memo)).length === 0)
    .map(({ place }) => place);
  expect(survived.filter((place) => !explained.some((pattern) => pattern.test(place)))).toEqual([]);
});

test('what is left alone has no mistake', () => {
  expect(check(sources, memo)).toEqual([]);
});
