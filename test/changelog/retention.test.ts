/** What is left of the changelog after 90 and after 400 days, by the policies that ship with the product. */
import { DatabaseFolder } from '../../kusto/engine/store/folder.ts';
import { startTestChangelog } from '../support/changelog/changelog.ts';
import { organization, project, runEvent, stageEvent } from '../support/changelog/events.ts';
import { databaseName } from '../support/engine/data-layer.ts';
import { appliedFolder } from '../support/engine/prepared-folder.ts';

const at = (second: number) => `2024-01-01T00:00:${String(second).padStart(2, '0')}.0000000Z`;
const stage = { runId: 7, stageName: 'deploy' };

let folder: { path: string; remove(): void };

beforeAll(async () => {
  folder = await appliedFolder();
  const changelog = await startTestChangelog(folder.path);
  await changelog.deliver(
    runEvent({ runId: 7, state: 'completed', result: 'failed', createdDate: at(30) }),
    stageEvent({ ...stage, stageState: 'running', createdDate: at(10) }),
    stageEvent({ ...stage, stageState: 'completed', stageResult: 'failed', createdDate: at(20) }),
  );
  await changelog.stop();
});

afterAll(() => folder.remove());

/** Deletes what has outlived its policy by then, and counts the rows that are left. */
async function rowsAfter(days: number, ...entities: readonly string[]): Promise<unknown[]> {
  const opened = await DatabaseFolder.open({ dataDir: folder.path, databases: [], lanes: 'inline' });
  await opened.expire(Date.now() + days * 86_400_000);
  const counts = entities.map((entity) =>
    opened
      .database(databaseName)
      .settings(`SELECT count(*) FROM "${entity}"`, [], [{ name: 'rows', type: 'long' }])
      .flat(),
  );
  await opened.close();
  return counts.flat();
}

it('keeps events for 90 days', async () => {
  const events = ['RunEvent', 'StageEvent'];
  expect(await rowsAfter(89, ...events)).toEqual([1, 2]);
  expect(await rowsAfter(91, ...events)).toEqual([0, 0]);
});

it('keeps the latest states for 400 days, and what goes with them', async () => {
  const states = ['RunState', 'StageState', 'RunResource'];
  expect(await rowsAfter(399, ...states)).toEqual([1, 1, 1]);

  const changelog = await startTestChangelog(folder.path);
  // The event that it came from is gone; one that comes late takes nothing back all the same.
  await changelog.deliver(stageEvent({ ...stage, stageState: 'running', createdDate: at(10) }));
  expect(await changelog.query('StageState | project State, Result')).toEqual([
    { State: 'completed', Result: 'failed' },
  ]);
  await changelog.deliver(stageEvent({ ...stage, attempt: 2, stageState: 'running', createdDate: at(50) }));
  await changelog.map();
  expect(await changelog.layer.build2Deployment({ organization, project, id: 7 })).toMatchObject([
    { ChangeState: 'running', StartTime: at(10) },
  ]);
  await changelog.stop();

  expect(await rowsAfter(401, ...states)).toEqual([0, 0, 0]);
});
