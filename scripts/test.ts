/**
 * `npm test`: everything that must hold before a change is merged. Arguments go to jest (`npm test -- test/api`),
 * and then only jest runs. The last line is the plain count of the runner's result.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ensureSystemPackages } from './system-packages.ts';

/** What is used of the JSON that jest writes. */
interface JestResult {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

interface Step {
  readonly title: string;
  readonly command: readonly [program: string, ...parameters: string[]];
}

/** Tests need their results. */
const preparations: readonly Step[] = [
  { title: 'Build', command: ['npm', 'run', '--silent', 'build', '--', '--unchecked'] },
  { title: 'Data of the tests', command: ['npx', 'tsx', 'test/support/engine/prepare.ts'] },
];
/** Nothing waits for them, so they run beside all else. */
const checks: readonly Step[] = [
  { title: 'Lint and format', command: ['npx', 'biome', 'ci', '.'] },
  { title: 'Types', command: ['npm', 'run', '--silent', 'types'] },
  { title: 'Boundaries between folders', command: ['npm', 'run', '--silent', 'boundaries'] },
];

/** Runs the steps at the same time, and prints what each said when it is done. Returns the titles of the failed. */
async function runSteps(steps: readonly Step[], priority: number = constants.priority.PRIORITY_NORMAL) {
  const failed: string[] = [];
  await Promise.all(
    steps.map(async ({ title, command: [program, ...parameters] }) => {
      const started = Date.now();
      const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
      if (child.pid !== undefined) setPriority(child.pid, priority);
      const status = new Promise<number | null>((resolve, reject) => {
        child.once('error', reject).once('close', resolve);
      });
      const said = (await Promise.all([text(child.stdout), text(child.stderr)])).join('').trim();
      const passed = (await status) === 0;
      if (!passed) failed.push(title);
      console.log(`\n▸ ${title}\n${said === '' ? '' : `${said}\n`}  ${verdict(passed, started)}`);
    }),
  );
  return failed;
}

/** Where temporary files are kept in memory, and the room they need: engines wait for the disk at every write. */
const memory = { path: '/dev/shm', bytes: 2 * 2 ** 30 };

function temporaryFolder(): string {
  if (!existsSync(memory.path)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory.path);
  return bavail * bsize >= memory.bytes ? memory.path : tmpdir();
}

/** Runs jest. Returns its result, or undefined where it ended without one. */
async function runJest(parameters: readonly string[], programs: 'built' | 'source') {
  const folder = mkdtempSync(join(temporaryFolder(), 'tests-'));
  const resultFile = join(folder, 'result.json');
  // One more than the processors of a small machine: many suites wait for browsers and other processes.
  const jest = ['node_modules/jest/bin/jest.js', '--maxWorkers=3', '--json', `--outputFile=${resultFile}`];
  const started = Date.now();
  console.log('\n▸ Tests');
  const child = spawn(process.execPath, [...jest, ...parameters], {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim(),
      // Programs that tests start as processes.
      TEST_PROGRAMS: programs,
      TMPDIR: folder,
    },
  });
  const [status] = await once(child, 'exit');
  console.log(`  ${verdict(status === 0, started)}`);
  try {
    const result: JestResult = JSON.parse(readFileSync(resultFile, 'utf8'));
    return { passed: status === 0 && result.numTotalTests > 0, result };
  } catch {
    console.error('The test runner ended without a result.');
    return { passed: false, result: undefined };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function verdict(passed: boolean, started: number): string {
  return `${passed ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`;
}

function countOf(result: JestResult | undefined): string {
  if (!result) return '0 passed, 0 failed';
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const skipped = result.numPendingTests + result.numTodoTests;
  return `${result.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

const chosen = process.argv.slice(2);
const everything = chosen.length === 0;
const checking = everything ? runSteps(checks, constants.priority.PRIORITY_BELOW_NORMAL) : [];
const failed = everything ? await runSteps(preparations) : [];
if (everything && !ensureSystemPackages()) failed.push('Programs that the tests need');
const isBuilt = everything && !failed.includes('Build');
const { passed, result } = await runJest(everything ? ['--coverage'] : chosen, isBuilt ? 'built' : 'source');
failed.push(...(await checking));
if (failed.length > 0) console.error(`\nFailed beside the tests: ${failed.join(', ')}`);
process.exitCode = passed && failed.length === 0 ? 0 : 1;
console.log(`\n${countOf(result)}`);
