/** The demonstration projects, as the changelog reads their service hooks. */
import { loadChangelogDemo } from '../../changelog/demo/load-changelog-demo.ts';
import { moveService } from '../../changelog/demo/moving-service.ts';
import { paymentsProject, recordPayments } from '../../changelog/demo/payments.ts';
import { recordStorefront } from '../../changelog/demo/storefront.ts';
import { eventOfObject } from '../../changelog/events/decode.ts';
import { readEvent } from '../../changelog/events/read-event.ts';
import { type DataLayer, startDataLayer } from '../support/engine/data-layer.ts';

const now = new Date('2026-05-20T10:00:00Z');

describe.each([
  ['Payments', recordPayments],
  ['Storefront', recordStorefront],
])('%s', (_name, record) => {
  const recorder = record(now);

  test('every event is understood, and nothing in it is odd', () => {
    for (const event of recorder.events) {
      const { outcome, rows } = readEvent(eventOfObject(event), now.toISOString());
      expect(outcome).toBe('understood');
      expect(rows.flatMap(({ row }) => row.Problems ?? [])).toEqual([]);
    }
  });

  test('nothing lies ahead, and ids are unique', () => {
    const times = recorder.events.map(({ createdDate }) => Date.parse(String(createdDate)));
    expect(Math.max(...times)).toBeLessThanOrEqual(now.getTime());
    const ids = [recorder.events.map(({ id }) => id), recorder.contents.map(({ build }) => build.id)];
    for (const list of ids) expect(new Set<unknown>(list).size).toBe(list.length);
  });

  test('the same moment gives the same data, and another the same story at another time', () => {
    expect(record(now).events).toEqual(recorder.events);
    const later = record(new Date(now.getTime() + 60_000));
    expect(later.events).toHaveLength(recorder.events.length);
    expect(later.events[0]?.createdDate).not.toBe(recorder.events[0]?.createdDate);
  });
});

test('a build of 260 commits lists the 200 that Azure DevOps would', () => {
  const { contents, events } = recordPayments(now);
  expect(Math.max(...contents.map(({ commits }) => commits.length))).toBe(200);
  const pushed = events.map(({ resource }) => (Object(resource).commits ?? []).length);
  expect(Math.max(...pushed)).toBeGreaterThanOrEqual(260);
});

describe('in a database', () => {
  let layer: DataLayer;

  beforeAll(async () => {
    layer = await startDataLayer();
    await loadChangelogDemo(layer.database);
  });
  afterAll(() => layer.stop());

  const latestOf = async (pipeline: string, stage: string) => {
    const [row] = await layer.database.query(
      `StageState | where PipelineName == '${pipeline}' and StageName == '${stage}' and Result != 'skipped'
       | top 1 by CreatedDate desc | project RunName, Attempt, State, Result`,
    );
    return row;
  };

  test('Payments has an approval that waits, a rollback by a second attempt, and a staging that failed twice', async () => {
    expect(await latestOf('ledger-api', 'deploy_production')).toMatchObject({ State: 'waiting', Attempt: 1 });
    expect(await layer.database.query("ApprovalState | where State == 'pending' | count")).toEqual([
      { Count: 2 },
    ]);
    const rolledBack = await latestOf('card-gateway', 'deploy_production');
    expect(rolledBack).toMatchObject({ Attempt: 2, Result: 'succeeded' });
    expect(rolledBack?.RunName).not.toBe((await latestOf('card-gateway', 'deploy_staging'))?.RunName);
    expect(await latestOf('statement-web', 'deploy_staging')).toMatchObject({ Attempt: 2, Result: 'failed' });
    const [fix] = await layer.database.query(
      "BuildState | where PipelineName == 'fraud-scoring' | top 1 by StartTime desc | project SourceBranch",
    );
    expect(fix?.SourceBranch).toMatch(/^refs\/heads\/hotfix\//);
  });

  test('every stage of Storefront that succeeded was followed by a tag of its cluster', async () => {
    const [counts] = await layer.database.query(
      `let stages = toscalar(StageState | where PipelineName == 'storefront-hld' and Result == 'succeeded' | count);
       let tags = toscalar(PushEvent | where RefName startswith 'refs/tags/flux-' | count);
       print stages, tags`,
    );
    expect(counts?.print_0).toBeGreaterThan(50);
    expect(counts?.print_1).toBe(counts?.print_0);
  });

  test('a service that moves comes to production, one event after another', async () => {
    let steps = 0;
    const count = () => {
      steps++;
    };
    await moveService(layer.database, { wait: async () => undefined, onStep: count });
    expect(steps).toBe(11);
    const [latest] = await layer.database.query(
      `BuildState | where ProjectId == '${paymentsProject.id}' | top 1 by BuildId desc | project BuildId, Result`,
    );
    expect(latest?.Result).toBe('succeeded');
    expect(
      await layer.database.query(
        `StageState | where RunId == ${latest?.BuildId} and Result == 'succeeded' | count`,
      ),
    ).toEqual([{ Count: 5 }]);
  });

  test('it ends when it is told to', async () => {
    const stopping = new AbortController();
    const before = await layer.database.query('StageEvent | count');
    const stop = async () => stopping.abort();
    await moveService(layer.database, { wait: stop, signal: stopping.signal });
    const [{ Count = 0 } = {}] = await layer.database.query('StageEvent | count');
    expect(Count).toBe(Number(before[0]?.Count) + 1);
  });
});
