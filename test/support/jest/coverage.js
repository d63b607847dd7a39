/**
 * Coverage is switched on once in each worker, and without the debugger. By itself the runner switches both on and
 * off for each test file, for which V8 drops all optimized code and walks the whole heap: half of all time went
 * there.
 */
import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';

const ofRunner = createRequire(createRequire(import.meta.url).resolve('jest-runtime'));
const { CoverageInstrumenter } = ofRunner('collect-v8-coverage');

let session;

CoverageInstrumenter.prototype.startInstrumenting = async () => {
  if (session) return;
  session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
};

/** What ran since the last call. */
CoverageInstrumenter.prototype.stopInstrumenting = async () => {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result;
};
