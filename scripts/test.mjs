/**
 * `npm test`: everything that must hold before a change is merged, quickest first. Arguments go to jest
 * (`npm test -- test/api`), and then only jest runs. The last line is the plain count of the runner's result.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSystemPackages } from './system-packages.mjs';

const chosen = process.argv.slice(2);

const run = (title, command, env = {}) => {
  const started = Date.now();
  console.log(`\n▸ ${title}`);
  const { status } = spawnSync(command[0], command.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  console.log(`  ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return status === 0;
};

const runTests = (isBuilt) => {
  const folder = mkdtempSync(join(tmpdir(), 'test-result-'));
  const resultFile = join(folder, 'result.json');
  const everything = chosen.length === 0;
  const passed = run(
    'Tests',
    [
      process.execPath,
      'node_modules/jest/bin/jest.js',
      '--maxWorkers=2',
      '--json',
      `--outputFile=${resultFile}`,
      ...(everything ? ['--coverage'] : chosen),
    ],
    {
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim(),
      // Programs that tests start as processes: as built, or from source.
      TEST_PROGRAMS: isBuilt ? 'built' : 'source',
    },
  );
  let result;
  try {
    result = JSON.parse(readFileSync(resultFile, 'utf8'));
  } catch {
    console.error('The test runner ended without a result.');
  }
  rmSync(folder, { recursive: true, force: true });
  return { passed: passed && result !== undefined && result.numTotalTests > 0, result };
};

const stepsBefore = [
  ['Programs', () => ensureSystemPackages()],
  ['Lint and format', () => run('Lint and format', ['npx', 'biome', 'ci', '.'])],
  ['Types', () => run('Types', ['npm', 'run', '--silent', 'types'])],
  ['Boundaries', () => run('Boundaries between folders', ['npm', 'run', '--silent', 'boundaries'])],
  ['Build', () => run('Build', ['npm', 'run', '--silent', 'build'])],
];

const failedSteps = chosen.length > 0 ? [] : stepsBefore.filter(([, step]) => !step()).map(([name]) => name);
const { passed, result } = runTests(chosen.length === 0 && failedSteps.length === 0);
if (failedSteps.length > 0) console.error(`\nFailed before the tests: ${failedSteps.join(', ')}`);

const failed = (result?.numFailedTests ?? 0) + (result?.numRuntimeErrorTestSuites ?? 0);
const skipped = (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
process.exitCode = passed && failedSteps.length === 0 ? 0 : 1;
console.log(
  `\n${result?.numPassedTests ?? 0} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
);
