/**
 * The faults of `npm run faults`, short and without figures: what was answered before is always answered, what is new
 * is answered or refused with a time to come back, and everything is as before afterwards.
 */
import { faults } from '../../../bench/faults/faults.ts';
import { isGoodNow, knownPaths } from '../../../bench/faults/load.ts';
import { loadOf, runFault } from '../../../bench/faults/run.ts';
import { type FaultWorld, startFaultWorld } from '../../../bench/faults/world.ts';
import { until } from '../../support/until.ts';

let world: FaultWorld;

beforeAll(async () => {
  world = await startFaultWorld(0);
});
afterAll(() => world.close());

/** Longer than a lookup may take, where that is what the fault is about. */
const secondsOf = (name: string): number => (/^Kusto (frozen|slow)/.test(name) ? 1.2 : 0.4);

/** One of each kind: silence, an end, refusals. The others differ in little, and take as long again. */
const shortRun = [
  'Redis frozen',
  'Kusto killed',
  'Kusto throttling',
  'issuer away',
  'Azure DevOps away',
  'issuer clock 50 s behind',
  'issuer clock 90 s ahead',
];
const isChosen = (name: string): boolean =>
  process.env.FAULTS === 'all' ? name !== 'none' : shortRun.includes(name);

it.each(faults.filter(({ name }) => isChosen(name)))('$name', async (fault) => {
  const options = loadOf(world, fault, 60);
  const before = (await knownPaths(options)).length;
  // On a busy machine a query may be too slow without any fault, and something new is then refused.
  const { failed, refused, stale, requests } = await runFault(
    world,
    { ...fault, goodAnswers: 'before' },
    options.perSecond,
    { calmSeconds: 0.1, faultSeconds: secondsOf(fault.name), afterSeconds: 0.1 },
  );
  expect(failed).toBe(0);
  if (/clock 90 s/.test(fault.name)) expect(refused).toBeGreaterThan(0);
  else if (fault.goodAnswers === 'all') expect(refused).toBeLessThan(requests / 10);
  else expect([stale > 0, refused > 0]).toEqual([fault.asks !== 'users', true]);
  const known = await knownPaths(options);
  expect(known).toHaveLength(before);
  for (const path of known) await until(() => isGoodNow(options, path));
});
