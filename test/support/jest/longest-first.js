/**
 * Starts the longest suites first, so that none is left running alone at the end. The runner does so by itself
 * once it has seen their durations; a fresh clone has seen none, and would go by the size of files.
 */
import TestSequencer from '@jest/test-sequencer';

const longest = [
  '/test/e2e/',
  '/test/faults/',
  '/test/backend/hosts/',
  '/test/changelog/engine.test.ts',
  '/test/backend/gates/gates.test.ts',
  '/test/tasks/',
  '/test/kusto/engine/store/crash.test.ts',
];

export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = longest.findIndex((part) => path.includes(part));
      return index < 0 ? longest.length : index;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
