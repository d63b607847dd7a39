/**
 * Starts the longest suites first, so that none is left running alone at the end. The runner does so by itself
 * once it has seen their durations; a fresh clone has seen none, and would go by the size of files.
 */
import TestSequencer from '@jest/test-sequencer';

const longest = [
  '/test/e2e/tab.test.ts',
  '/test/e2e/',
  '/test/backend/hosts/server.test.ts',
  '/test/tasks/real-backend.test.ts',
  '/test/faults/',
  '/test/cli/kusto.test.ts',
  '/test/kusto/engine/store/processes.test.ts',
  '/test/tasks/',
  '/test/tab/hub/',
  '/test/package/',
  '/test/backend/gates/',
  '/test/security/',
  '/test/kusto/schema/',
  '/test/kusto/jobs/',
  '/test/backend/introspection/',
  '/test/backend/lookups/round-trip.test.ts',
  '/test/backend/hosts/',
  '/test/cli/introspection.test.ts',
  '/test/kusto/introspection/',
  '/test/kusto/owned-sources.test.ts',
  '/test/changelog/engine.test.ts',
  '/test/infra/queries.test.ts',
  '/test/integration/',
  '/test/kusto/engine/store/crash.test.ts',
  '/test/backend/cache/shared-answers.test.ts',
  '/test/kusto/demo.test.ts',
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
