/** `deployments kusto`, as a person types it. */
import { once } from 'node:events';
import { startEngine } from '../../kusto/engine/engine.ts';
import { runCommand } from '../support/command-line.ts';
import { dataFolder } from '../support/engine/data-folder.ts';
import { serveEngine, startTestEngine, type TestEngine } from '../support/engine/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine({ holds: 'definitions' });
});
afterAll(() => engine.close());

const kusto = (...argv: string[]) => runCommand(['kusto', ...argv], { KUSTO_CLUSTER: engine.url });

test('plan shows what apply then does, until nothing is left to do', async () => {
  await engine.client.executeMgmt(engine.database, '.drop table JobWindow');
  const plan = await kusto('plan', '--check');
  expect(plan.exitCode).toBe(1);
  expect(plan.out).toMatch(
    /^\+ create table JobWindow\n(\+ create .* policy of JobWindow\n)*\d to create, 0 to change, 0 to drop, \d+ unchanged\.$/,
  );
  const done = plan.out.replace(
    /(\d+) to create, 0 to change, 0 to drop/,
    '$1 created, 0 changed, 0 dropped',
  );
  expect(await kusto('apply')).toEqual({ exitCode: 0, out: done, err: '' });
  expect(await kusto('plan', '--check')).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/^0 to create, 0 to change, 0 to drop, \d+ unchanged\.$/),
  });
});

test('demo loads its builds once, and lists them', async () => {
  const demo = await kusto('demo');
  expect(demo.exitCode).toBe(0);
  expect(demo.out).toMatch(/^85084651 +The specification's example/m);
  expect((await kusto('demo')).err).toContain('is already loaded');
});

test('jobs say which windows they mapped', async () => {
  const jobs = await kusto('jobs', '-j', 'Build2PayloadEv2', '--settle', '0', '--since', since());
  expect(jobs.exitCode).toBe(0);
  expect(jobs.out).toMatch(/^Build2PayloadEv2: mapped \d{4}-\S+ to \d{4}-\S+$/m);
});

test('a job that another runs ends with 1 and says who has it', async () => {
  await engine.client.executeMgmt(
    engine.database,
    ".append JobLease <| print Job = 'Build2PayloadPF', Holder = 'night shift', ClaimedAt = now(), ExpiresAt = now() + 1h",
  );
  const result = await kusto('jobs', '-j', 'Build2PayloadPF', '--since', since());
  expect(result.exitCode).toBe(1);
  expect(result.err).toMatch(/^Build2PayloadPF is being run by night shift, at most until /);
});

test('dropping what is ours is refused as wrong usage', async () => {
  const result = await kusto('plan', '--drop', 'Build2Payload');
  expect(result).toMatchObject({ exitCode: 2, err: expect.stringContaining('cannot drop Build2Payload') });
});

test.each([
  [['plan', '--cluster', 'nowhere'], 'Expected a URL'],
  [['plan', '--cluster', 'https://user:secret@host'], 'Expected a URL'],
  [['plan', '--database', "d'; drop"], 'Expected letters'],
  [['plan', '--environment', 'mars'], 'environment mars: expected one of local, production'],
  [['plan', '--auth', 'password'], 'Allowed choices are none, azureCli, managedIdentity'],
  [['jobs', '--job', 'Nothing'], '--job Nothing: expected one of Build2PayloadAzDeployer'],
  [['jobs', '--from', '2026-01-01'], '--from and --to must be given together'],
  [['jobs', '--from', '2026-01-02', '--to', '2026-01-01'], '--from and --to must be given together'],
  [['jobs', '--from', 'yesterday'], 'Expected a time'],
  [['jobs', '--every', '0'], 'Expected a duration, 1s or more'],
  [['jobs', '--every', '5'], 'Expected a duration such as 5s'],
  [['serve', '--data', 'x', '--max-size', '0'], 'Expected a number above 0'],
  [
    ['jobs', '--every', '5s', '--from', '2026-01-01', '--to', '2026-01-02'],
    '--every cannot be combined with',
  ],
  [['serve', '--data', 'x', '--port', '99999'], 'Expected a whole number from 0 to 65535'],
  [['serve'], "give either '--data-dir <folder>' or '--memory'"],
  [['serve', '--data', 'x', '--memory'], "give either '--data-dir <folder>' or '--memory'"],
  [['serve', '--data', 'x', '--allow-cluster', 'nowhere'], '--allow-cluster nowhere: expected the URL'],
  [['serve', '--data', 'x', '--allow-cluster', 'http://example.com'], 'an engine on this machine'],
])('%j is wrong usage', async (argv, message) => {
  const result = await kusto(...argv);
  expect(result).toMatchObject({ exitCode: 2, err: expect.stringContaining(message) });
});

test('a cluster from the environment that is no URL is named', async () => {
  const result = await runCommand(['kusto', 'plan'], { KUSTO_CLUSTER: 'nowhere' });
  expect(result).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('KUSTO_CLUSTER: Expected a URL'),
  });
});

test('a cluster that does not answer is the service to blame', async () => {
  const result = await runCommand(['kusto', 'plan', '--cluster', 'http://127.0.0.1:1'], {});
  expect(result).toMatchObject({ exitCode: 3, err: expect.stringContaining('ECONNREFUSED') });
});

test('an engine that wants its token is told of with the option that finds it', async () => {
  const folder = dataFolder();
  const guarded = await startEngine({ port: 0, dataDir: folder.path, token: 'secret' });
  const argv = ['kusto', 'plan', '--cluster', guarded.url];
  expect(await runCommand(argv, {})).toMatchObject({
    exitCode: 3,
    err: expect.stringMatching(
      /engine\.json in its data folder has it\. Name that folder with --data-dir\.$/,
    ),
  });
  expect(await runCommand([...argv, '--data-dir', folder.path], {})).toMatchObject({ exitCode: 0 });
  await guarded.close();
  folder.remove();
});

test('serve answers until it is asked to end, and then ends well', async () => {
  const folder = dataFolder();
  const served = await serveEngine(folder.path);
  const result = await runCommand(['kusto', 'plan', '--cluster', served.url], {});
  expect(result).toMatchObject({ exitCode: 0, out: expect.stringContaining('create table Build2Payload') });
  const exited = once(served.process, 'exit');
  served.process.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  folder.remove();
});

test('serve lets queries read the engines that it is told of, such as by their data folder', async () => {
  const folder = dataFolder();
  const served = await serveEngine(folder.path, ['--allow-cluster', engine.dataDir]);
  const csl = `cluster('${engine.url}').database('NetDefaultDB').Build2Payload | count`;
  const response = await fetch(`${served.url}/v2/rest/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ db: 'NetDefaultDB', csl }),
  });
  expect({ status: response.status, text: await response.text() }).toMatchObject({ status: 200 });
  await served.kill();
  folder.remove();
});

function since(): string {
  return new Date(Date.now() - 60_000).toISOString();
}
