/** The schedule of the jobs: which windows it runs, and that neither another holder nor a bad job stops it. */
import { type Job, loadJobs, watermark } from '../../../kusto/jobs/job.ts';
import { withLease } from '../../../kusto/jobs/lease.ts';
import { jobIntervalMs, runAllJobs, startJobSchedule } from '../../../kusto/jobs/schedule.ts';
import { type DataLayer, startDataLayer } from '../../support/engine/data-layer.ts';

let layer: DataLayer;
const [first, second] = loadJobs().filter(({ name }) => /^Build2Payload(Ev2|PF)$/.test(name));
if (!first || !second) throw new Error('the jobs of this test are gone');

beforeAll(async () => {
  layer = await startDataLayer();
});
afterAll(() => layer.stop());

afterEach(async () => {
  for (const table of ['JobWindow', 'JobLease']) await layer.database.command(`.clear table ${table} data`);
});

const reached = (job: Job): Promise<Date | undefined> => watermark(layer.database, job);

test('every window ends so late that, with the pause between rounds, a minute is kept', async () => {
  const before = Date.now();
  await runAllJobs({ database: layer.database, jobs: loadJobs() });
  for (const job of loadJobs()) {
    const unmappedMs = before - Number(await reached(job));
    expect(unmappedMs + jobIntervalMs).toBeLessThanOrEqual(45_000);
  }
});

test('a job that another holder runs is left to it, and the others run', async () => {
  const failures: unknown[] = [];
  await withLease(layer.database, { job: first.name, holder: 'another', durationMs: 60_000 }, () =>
    runAllJobs({
      database: layer.database,
      jobs: [first, second],
      onFailure: (_, error) => failures.push(error),
    }),
  );
  expect(await reached(first)).toBeUndefined();
  expect(await reached(second)).toBeInstanceOf(Date);
  expect(failures).toEqual([]);
});

test('a job that fails is told, and the others run', async () => {
  const bad: Job = { ...first, name: 'Bad', query: 'NoSuchTable' };
  const failures: string[] = [];
  const onFailure = ({ name }: Job): void => void failures.push(name);
  await runAllJobs({ database: layer.database, jobs: [bad, second], onFailure });
  expect(failures).toEqual(['Bad']);
  expect(await reached(second)).toBeInstanceOf(Date);
});

test('rounds follow each other until the schedule is stopped', async () => {
  const schedule = startJobSchedule({ database: layer.database, jobs: [second], firstRangeMs: 60_000 }, 5);
  const ends = new Set<number>();
  while (ends.size < 3) ends.add(Number(await reached(second)));
  await schedule.stop();
  const last = await reached(second);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await reached(second)).toEqual(last);
});
