/** The jobs when the database dies in the middle of a window: no row is lost, and none is there twice. */
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import { ev2Change, guidOf, together } from '../../../kusto/demo/events.ts';
import { ingestEvents } from '../../../kusto/demo/load-demo.ts';
import { type Job, loadJobs } from '../../../kusto/jobs/job.ts';
import { watermark } from '../../../kusto/jobs/progress.ts';
import { defaultJobOptions, type JobOptions, runJob } from '../../../kusto/jobs/run-job.ts';
import { serveEngine } from '../../support/engine/engine.ts';
import { appliedFolder } from '../../support/engine/prepared-folder.ts';

const database = 'NetDefaultDB';
const builds = 300;
const job = loadJobs().find(({ name }) => name === 'Build2PayloadEv2') as Job;

function changes(from: number, to: number) {
  const project = guidOf('project');
  const ids = Array.from({ length: to - from }, (_, index) => from + index);
  return together(
    ids.map((id) => {
      const payload = { serviceTreeId: guidOf('s'), serviceGroup: 'Shop', buildNumber: `1.0.${id}` };
      return ev2Change({ organization: 'contoso', project, id }, payload, guidOf(`r ${id}`), new Date(0));
    }),
  );
}

async function mappedIds(kusto: KustoClient): Promise<unknown[]> {
  const rows = await kusto.query('Build2Payload | project Id = tolong(Id) | order by Id asc');
  return rows.map(({ Id }) => Id);
}

/** The database, in which commands that begin so are in flight (or, the second time, refused) when it dies. */
function dyingAt(
  beginning: string,
  occurrence: number,
  kusto: KustoClient,
  die: () => Promise<void>,
): KustoClient {
  let seen = 0;
  return {
    ...kusto,
    async command(text, timeoutMs) {
      if (!text.startsWith(beginning) || ++seen < occurrence) return kusto.command(text, timeoutMs);
      const answer = kusto.command(text, timeoutMs);
      answer.catch(() => undefined);
      await die();
      return answer;
    },
  };
}

test('killed while it maps, and again before the window is recorded', async () => {
  const folder = await appliedFolder();
  let engine = await serveEngine(folder.path);
  let kusto = openKusto({ cluster: engine.url, database: database, auth: { mode: 'none' } });
  const since = new Date();
  for (let from = 0; from < builds; from += 100) await ingestEvents(kusto, changes(from, from + 100));
  const options: JobOptions = {
    ...defaultJobOptions,
    holder: 'the only one',
    since,
    settleMs: 0,
    windowMs: Math.max(1, Math.ceil((Date.now() - since.getTime()) / 4)),
  };

  for (const [beginning, occurrence] of [
    ['.append Build2Payload', 1],
    ['.append JobWindow', 2],
  ] as const) {
    const dying = dyingAt(beginning, occurrence, kusto, () => engine.kill());
    await expect(runJob(dying, job, options)).rejects.toThrow();
    kusto.close();
    engine = await serveEngine(folder.path);
    kusto = openKusto({ cluster: engine.url, database: database, auth: { mode: 'none' } });
  }
  const before = await watermark(kusto, job);
  expect(before).toBeInstanceOf(Date);

  await runJob(kusto, job, options);
  expect(await mappedIds(kusto)).toEqual(Array.from({ length: builds }, (_, id) => id));
  kusto.close();
  await engine.kill();
  folder.remove();
});
