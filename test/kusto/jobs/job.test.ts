/** The jobs: windows, watermark, lease, and that nothing is lost or doubled. */
import type { KustoClient } from '../../../kusto/client/client.ts';
import { azDeployerAudit, buildDrop, ev2Change, guidOf, together } from '../../../kusto/demo/events.ts';
import { type Job, loadJobs } from '../../../kusto/jobs/job.ts';
import { LeaseTakenError, withLease } from '../../../kusto/jobs/lease.ts';
import { watermark } from '../../../kusto/jobs/progress.ts';
import { defaultJobOptions, type JobOptions, rerunJob, runJob } from '../../../kusto/jobs/run-job.ts';
import { cut } from '../../../kusto/jobs/window.ts';
import { type DataLayer, startDataLayer } from '../../support/engine/data-layer.ts';
import { until } from '../../support/until.ts';

let layer: DataLayer;

beforeAll(async () => {
  layer = await startDataLayer();
});
afterAll(() => layer.stop());

afterEach(async () => {
  const filled = [
    'ChangeEvent',
    'DeploymentAuditEvent',
    'BuildArtifact',
    'Build2Payload',
    'BuildVersion2Payload',
    'JobWindow',
    'JobLease',
  ];
  for (const table of filled) await layer.database.command(`.clear table ${table} data`);
});

const hour = 60 * 60_000;
const began = new Date('2026-03-01T08:00:00Z');

function options(changes: Partial<JobOptions> = {}): JobOptions {
  return { ...defaultJobOptions, holder: 'us', since: new Date(Date.now() - hour), settleMs: 0, ...changes };
}

function jobCalled(name: string): Job {
  const job = loadJobs().find((one) => one.name === name);
  if (!job) throw new Error(`no job ${name}`);
  return job;
}

const buildNumbered = (id: number) => ({ organization: 'contoso', project: guidOf('project'), id });

function changes(from: number, to: number) {
  const ids = Array.from({ length: to - from }, (_, index) => from + index);
  return together(
    ids.map((id) =>
      ev2Change(
        buildNumbered(id),
        { serviceTreeId: guidOf('s'), serviceGroup: 'Shop', buildNumber: `1.0.${id}` },
        guidOf(`r ${id}`),
        began,
      ),
    ),
  );
}

async function mappedIds(database: KustoClient): Promise<number[]> {
  const rows = await database.query('Build2Payload | project Id = tolong(Id) | order by Id asc');
  return rows.map(({ Id }) => Number(Id));
}

/** Until the engine's clock has passed everything that has been ingested. */
async function untilClosed(): Promise<void> {
  const ingestedBy = Date.now();
  await until(() => Date.now() > ingestedBy + 20);
}

const ev2 = jobCalled('Build2PayloadEv2');

test('each run maps what came in since the last, once', async () => {
  await layer.ingest(changes(1, 4));
  await untilClosed();
  await runJob(layer.database, ev2, options());
  expect(await mappedIds(layer.database)).toEqual([1, 2, 3]);
  await layer.ingest(changes(3, 6));
  await untilClosed();
  await runJob(layer.database, ev2, options());
  expect(await mappedIds(layer.database)).toEqual([1, 2, 3, 4, 5]);
});

test('the same window twice adds nothing', async () => {
  await layer.ingest(
    changes(1, 4),
    buildDrop(buildNumbered(7), { branch: 'b', version: 'v' }),
    azDeployerAudit('1', ['A;b;v'], { branch: 'b', version: 'v' }, began),
  );
  const range = { start: new Date(Date.now() - hour), end: new Date(Date.now() + hour) };
  const counts = async () => {
    for (const job of loadJobs()) await rerunJob(layer.database, job, range, options());
    return layer.database.query(
      'union withsource=Table Build2Payload, BuildVersion2Payload | summarize Rows = count() by Table | order by Table asc',
    );
  };
  const first = await counts();
  expect(first).toMatchObject([{ Rows: 4 }, { Rows: 1 }]);
  expect(await counts()).toEqual(first);
});

test('windows follow each other without a gap, and the last end is the watermark', async () => {
  const since = new Date(Date.now() - 3 * hour);
  const windows = await runJob(layer.database, ev2, options({ since, windowMs: hour }));
  expect(windows.length).toBeGreaterThanOrEqual(3);
  expect(windows[0]?.start).toEqual(since);
  windows.slice(1).forEach((window, index) => {
    expect(window.start).toEqual(windows[index]?.end);
  });
  expect(await watermark(layer.database, ev2)).toEqual(windows.at(-1)?.end);
  const [next] = await runJob(layer.database, ev2, options());
  expect(next?.start).toEqual(windows.at(-1)?.end);
});

test.each([
  ['a moment', 0],
  ['a day', 24 * hour],
])(
  'a row that becomes visible %s after its time was passed is mapped within the hour, once',
  async (_, lateMs) => {
    const passed = { ...options(), settleMs: -lateMs };
    await runJob(layer.database, ev2, passed);
    await layer.database.command(
      `.append JobWindow <| JobWindow | where Job == '${ev2.name}' | top 1 by WindowEnd | extend WindowStart = WindowEnd, WindowEnd = WindowEnd + 1s`,
    );
    // Its ingestion time lies before the watermark, as that of a row which was hidden until now.
    await layer.ingest(changes(1, 2));
    await runJob(layer.database, ev2, passed);
    expect(await mappedIds(layer.database)).toEqual([]);
    await layer.database.command(
      '.set-or-replace JobWindow <| JobWindow | extend FinishedAt = FinishedAt - 61m',
    );
    await runJob(layer.database, ev2, passed);
    expect(await mappedIds(layer.database)).toEqual([1]);
    await runJob(layer.database, ev2, passed);
    expect(await mappedIds(layer.database)).toEqual([1]);
  },
);

test('a window that has not settled waits for its turn', async () => {
  await layer.ingest(changes(1, 2));
  await runJob(layer.database, ev2, options({ settleMs: 10 * 60_000 }));
  expect(await mappedIds(layer.database)).toEqual([]);
  await untilClosed();
  await runJob(layer.database, ev2, options());
  expect(await mappedIds(layer.database)).toEqual([1]);
});

test('a range that is run again leaves the watermark where it is', async () => {
  await layer.ingest(changes(1, 2));
  const range = { start: new Date(Date.now() - hour), end: new Date(Date.now() + hour) };
  await rerunJob(layer.database, ev2, range, options());
  expect(await mappedIds(layer.database)).toEqual([1]);
  expect(await watermark(layer.database, ev2)).toBeUndefined();
});

test('a window that fails leaves the watermark where it is, and the lease free', async () => {
  await layer.ingest(changes(1, 2));
  await untilClosed();
  const broken = { ...ev2, query: 'NoSuchTable' };
  await expect(runJob(layer.database, broken, options())).rejects.toThrow('NoSuchTable');
  expect(await watermark(layer.database, ev2)).toBeUndefined();
  await runJob(layer.database, ev2, options({ holder: 'another' }));
  expect(await mappedIds(layer.database)).toEqual([1]);
});

test('an artifact that comes in after its deployment was mapped is found by the next run', async () => {
  const job = jobCalled('Build2PayloadAzDeployer');
  const drop = { branch: 'b', version: 'v' };
  await layer.ingest(azDeployerAudit('1', ['A;b;v'], drop, began));
  await untilClosed();
  await runJob(layer.database, job, options());
  await layer.ingest(buildDrop(buildNumbered(7), drop));
  await untilClosed();
  await runJob(layer.database, job, options());
  expect(await mappedIds(layer.database)).toEqual([7]);
});

describe('the lease', () => {
  const lease = (holder: string) => ({ job: 'J', holder, durationMs: 60_000 });

  /** A claim that nobody gives back, with its end as KQL. */
  const claimed = (holder: string, expiresAt: string) =>
    layer.database.command(
      `.append JobLease <| print Job = 'J', Holder = '${holder}', ClaimedAt = now(), ExpiresAt = ${expiresAt}`,
    );

  test('is refused to another while it is held, naming the holder', async () => {
    await withLease(layer.database, lease('us'), async () => {
      const attempt = withLease(layer.database, lease('them'), async () => 'ran');
      await expect(attempt).rejects.toThrow(LeaseTakenError);
      await expect(attempt).rejects.toMatchObject({ holder: 'us' });
    });
  });

  test('is free again when its holder is done', async () => {
    await withLease(layer.database, lease('us'), async () => undefined);
    expect(await withLease(layer.database, lease('them'), async () => 'ran')).toBe('ran');
  });

  test('of one job does not keep another from running', async () => {
    await withLease(layer.database, lease('us'), async () => {
      expect(await withLease(layer.database, { ...lease('them'), job: 'K' }, async () => 'ran')).toBe('ran');
    });
  });

  test('of a holder that crashed ends by itself', async () => {
    await claimed('crashed', 'now() - 1h');
    expect(await withLease(layer.database, lease('us'), async () => 'ran')).toBe('ran');
  });

  test('goes to at most one of several that ask at once', async () => {
    let running = 0;
    let most = 0;
    const attempts = ['a', 'b', 'c', 'd'].map((holder) =>
      withLease(layer.database, lease(holder), async () => {
        most = Math.max(most, ++running);
        await untilClosed();
        running--;
      }).catch((error: unknown) => error),
    );
    const results = await Promise.all(attempts);
    expect(most).toBe(1);
    expect(results.filter((result) => result !== undefined)).toHaveLength(3);
  });

  test('is lost when it has run out and another holds it at a renewal', async () => {
    const work = withLease(layer.database, lease('us'), async (renew) => {
      await claimed('us', 'now()');
      await claimed('them', 'now() + 1h');
      await renew();
    });
    await expect(work).rejects.toMatchObject({ name: 'LeaseTakenError', holder: 'them' });
  });
});

describe('cutting a range', () => {
  const at = (minute: number) => new Date(minute * 60_000);

  test('covers it without gaps, the last window being what is left', () => {
    expect(cut({ start: at(0), end: at(25) }, 10 * 60_000)).toEqual([
      { start: at(0), end: at(10) },
      { start: at(10), end: at(20) },
      { start: at(20), end: at(25) },
    ]);
  });

  test('gives nothing for a range that is empty or backwards', () => {
    expect(cut({ start: at(5), end: at(5) }, 1)).toEqual([]);
    expect(cut({ start: at(6), end: at(5) }, 1)).toEqual([]);
  });
});
