/** The demonstration of `npm start` begins when its page opens a build or a project. */
import { renameSync } from 'node:fs';
import { openDataFolder } from '../../backend/hosts/data-folder.ts';
import { type EmbeddedData, startEmbeddedData } from '../../backend/hosts/embedded-data.ts';
import { paymentsProject } from '../../changelog/demo/payments.ts';
import { storefrontProject } from '../../changelog/demo/storefront.ts';
import { liveBuilds } from '../../kusto/demo/builds.ts';
import { demonstration } from '../../scripts/demonstration.ts';
import type { DataFolder } from '../support/engine/data-folder.ts';
import { appliedFolder } from '../support/engine/prepared-folder.ts';
import { until } from '../support/until.ts';

let folder: DataFolder;
let data: EmbeddedData;
const stopping = new AbortController();

beforeAll(async () => {
  folder = await appliedFolder();
  data = await startEmbeddedData({
    folder: folder.path,
    port: 0,
    maxRequests: 4,
    callerShare: 50,
    onEvent: fail,
  });
});
afterAll(async () => {
  stopping.abort();
  await data.close();
  folder.remove();
});

function fail(message: unknown): never {
  throw new Error(String(message));
}

const rowsOf = async () => (await data.kusto.query('EntityChangeEvent | count'))[0]?.Count;
const paused = { signal: stopping.signal, wait: () => new Promise<void>(() => undefined) };
const open = (environment: Readonly<Record<string, string>>) =>
  demonstration(environment, fail, paused).buildOpened(liveBuilds[0]?.id ?? 0);

test("a folder with somebody's own data gets no rollouts, nor does a cluster", async () => {
  await open({ DATA_DIR: folder.path });
  openDataFolder(`${folder.path}/demo-elsewhere`);
  await open({ DATA_DIR: `${folder.path}/demo-elsewhere` });
  await open({ DATA_DIR: folder.path, KUSTO_CLUSTER: 'https://ours.westeurope.kusto.windows.net' });
  expect(await rowsOf()).toBe(0);
});

test('the demonstration data does: the first rollout is there when the page shows the build', async () => {
  markAsDemo();
  await open({ DATA_DIR: folder.path });
  expect(await rowsOf()).toBe(4);
});

test('a service of Payments moves once its hub is open, and no other project does', async () => {
  const { hubOpened } = demonstration({ DATA_DIR: folder.path }, fail, paused);
  hubOpened(storefrontProject.id);
  hubOpened(paymentsProject.id);
  hubOpened(paymentsProject.id);
  const runs = () => data.kusto.query('RunEvent | distinct ProjectId, RunId');
  await until(async () => (await runs()).length > 0);
  expect(await runs()).toEqual([expect.objectContaining({ ProjectId: paymentsProject.id })]);
});

/** As a start does that has filled an empty folder. */
function markAsDemo(): void {
  const empty = `${folder.path}/empty`;
  const { demo } = openDataFolder(empty);
  demo?.setLoaded();
  renameSync(`${empty}/demo`, `${folder.path}/demo`);
}
