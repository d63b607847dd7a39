import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Build2Deployment } from '../../../api/contract.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { appliedFolder } from '../../support/engine/prepared-folder.ts';
import { programArguments } from '../../support/program.ts';
import { until } from '../../support/until.ts';

const b2dPath =
  '/b2d/deployments?adoOrganizationName=o&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=1';

/** Starts the server, or another program, as a process of its own, which does not refuse requests while it is busy. */
function startServer(settings: Record<string, string>, source = 'backend/hosts/server.ts'): ChildProcess {
  return spawn(process.execPath, programArguments(source), {
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'silent',
      PORT: '0',
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const exitOf = async (server: ChildProcess): Promise<unknown> => (await once(server, 'exit'))[0];

const errorsOf = (server: ChildProcess): Promise<string> =>
  server.stderr ? text(server.stderr) : Promise.resolve('');

const outputOf = (server: ChildProcess): Promise<string> =>
  server.stdout ? text(server.stdout) : Promise.resolve('');

/** The API's URL, which the server prints when it is ready. */
async function urlOf(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error('no output');
  for await (const line of createInterface(server.stdout)) {
    const url = /^API\s+(http:\S+)$/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('The server ended without an address.');
}

describe('the server with wrong settings', () => {
  it('names all of them and does not start', async () => {
    const server = startServer({ HOST: '0.0.0.0', PORT: 'x', KUSTO_CLUSTER: 'nowhere' });
    const [code, errors] = await Promise.all([exitOf(server), errorsOf(server)]);
    expect(code).toBe(1);
    expect(errors).toBe(`The settings are wrong:
  PORT must be a whole number from 0 to 65535.
  KUSTO_CLUSTER must be a URL such as https://name.region.kusto.windows.net, without user or password.
  KUSTO_DATABASE is missing: it must be the database to query, because KUSTO_CLUSTER is set.
  HOST must be a loopback address (127.0.0.1, ::1, localhost) while AUTH is none.
`);
  });
});

describe('the server that cannot start', () => {
  let folder: string;
  let taken: Server;
  let port: number;
  let kusto: KustoProxy;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'server-'));
    writeFileSync(join(folder, 'note'), '');
    for (const name of ['other', 'broken']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'other', 'letter.txt'), '');
    writeFileSync(join(folder, 'broken', 'NetDefaultDB.sqlite'), 'this is not a database'.repeat(100));
    ({ taken, port } = await takePort());
    kusto = await startKustoProxy(undefined, answerOf(['Found'], [[false]]));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    taken.close();
    await kusto.close();
  });

  it('says in a line what is wrong and what to do, and ends with 1', async () => {
    const cluster = { KUSTO_CLUSTER: kusto.url, KUSTO_DATABASE: 'D' };
    const empty = join(folder, 'empty');
    const starts: [settings: Record<string, string>, line: string, source?: string][] = [
      [
        { ...cluster, PORT: String(port) },
        `Port ${port} is used by another program (EADDRINUSE). Choose another with PORT=…`,
      ],
      [
        { ...cluster, PORT: String(port - 1) },
        `The page is not served: Port ${port} is used by another program (EADDRINUSE). PORT=… moves the API and the two ports after it.`,
        'scripts/start.ts',
      ],
      [
        { DATA_DIR: empty, ENGINE_PORT: String(port) },
        `Port ${port} is used by another program (EADDRINUSE). PORT=… moves all ports, ENGINE_PORT=… the one of the engine alone.`,
      ],
      [
        { DATA_DIR: join(folder, 'note', 'data') },
        `The data folder ${folder}/note/data cannot be made or written: ENOTDIR: not a directory, mkdir '${folder}/note/data'. Choose an empty folder, or one of this product, with DATA_DIR=…`,
      ],
      [
        { DATA_DIR: join(folder, 'other') },
        `The folder ${folder}/other holds other things (letter.txt) and no data of ours, so it is not filled. Choose an empty folder, or one of this product, with DATA_DIR=…`,
      ],
      [
        { DATA_DIR: join(folder, 'broken') },
        `${folder}/broken/NetDefaultDB.sqlite is not a database. Move it away, or put a copy in its place. DATA_DIR=… chooses another folder.`,
      ],
    ];
    const ends = starts.map(async ([settings, , source]) => {
      const server = startServer(settings, source);
      return Promise.all([exitOf(server), errorsOf(server)]);
    });
    expect(await Promise.all(ends)).toEqual(starts.map(([, line]) => [1, `${line}\n`]));
  });
});

/** A port that is taken, after one that is free. */
async function takePort(): Promise<{ taken: Server; port: number }> {
  for (;;) {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = Object(taken.address()).port as number;
    const before = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      before.once('error', () => resolve(false)).listen(port - 1, '127.0.0.1', () => resolve(true));
    });
    before.close();
    if (isFree) return { taken, port };
    taken.close();
  }
}

describe('the server at its end', () => {
  let kusto: KustoProxy;

  beforeAll(async () => {
    kusto = await startKustoProxy(undefined, answerOf(['Found'], [[false]]));
  });
  afterAll(() => kusto.close());

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s answers what is under way, refuses what comes later, and exits with 0',
    async (signal) => {
      // Longer than a test may take: a connection that is kept alive must not hold up the end.
      const server = startServer({
        KUSTO_CLUSTER: kusto.url,
        KUSTO_DATABASE: 'D',
        DRAIN_SECONDS: '300',
        REQUEST_DEADLINE_MS: '30000',
      });
      const [exit, said] = [exitOf(server), outputOf(server)];
      const url = await urlOf(server);
      kusto.forget();
      const open = kusto.hold();
      const underWay = fetch(url + b2dPath);
      // The server warms the queries of introspection meanwhile.
      await until(() => kusto.asked.some(({ text }) => text.includes('GetBuild2Deployment')));
      server.kill(signal);
      await refused(url);
      open();
      expect((await underWay).status).toBe(204);
      expect(await exit).toBe(0);
      expect(await said).toMatch(new RegExp(`\\nStopped by ${signal}\\.\\n$`));
    },
  );

  // Fastify gives what is to end ten seconds, unless it is told otherwise.
  it('lets the watcher of the gates end, which waits for Kusto', async () => {
    kusto.forget();
    const server = startServer({
      KUSTO_CLUSTER: kusto.url,
      KUSTO_DATABASE: 'D',
      GATES_KEY: randomBytes(32).toString('base64'),
    });
    const [exit, errors] = [exitOf(server), errorsOf(server)];
    await urlOf(server);
    const open = kusto.hold();
    kusto.forget();
    await until(() => kusto.asked.some(({ text }) => text.includes('GetOpenGateWaits')));
    server.kill('SIGTERM');
    await sleep(10_500);
    open();
    expect([await exit, await errors]).toEqual([0, '']);
  });

  it('ends at once when it is stopped during its start', async () => {
    kusto.forget();
    const open = kusto.hold();
    const server = startServer({ KUSTO_CLUSTER: kusto.url, KUSTO_DATABASE: 'D' });
    const [exit, output, errors] = [exitOf(server), outputOf(server), errorsOf(server)];
    await until(() => kusto.asked.length > 0);
    server.kill('SIGTERM');
    expect(await exit).toBe(0);
    open();
    expect([await output, await errors]).toEqual(['Stopped by SIGTERM.\n', '']);
  });
});

describe('the server that Kusto refuses', () => {
  it('names the setting to look at', async () => {
    const kusto = await startKustoProxy(undefined, answerOf(['Found'], [[false]]));
    kusto.fail({ kind: 'status', status: 401 });
    const server = startServer({ KUSTO_CLUSTER: kusto.url, KUSTO_DATABASE: 'D', LOG_LEVEL: 'warn' });
    const [exit, output] = [exitOf(server), outputOf(server)];
    await urlOf(server);
    server.kill('SIGTERM');
    await exit;
    expect(await output).toContain(
      '"msg":"Kusto refuses this process: set KUSTO_TOKEN to the token of the engine',
    );
    await kusto.close();
  });
});

describe('the server with data of its own', () => {
  const sample =
    '/b2d/deployments?adoOrganizationName=msazure&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=85084651';
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'server-'));
    if (process.env.COLD_START === undefined) await beginFirstStart(join(folder, 'data'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['fills its folder with the demonstration data', 'answers from the folder that it has filled'])(
    '%s',
    async () => {
      const server = startServer({ DATA_DIR: join(folder, 'data') });
      const [exit, errors] = [exitOf(server), errorsOf(server)];
      const url = await urlOf(server);
      const { Deployments } = (await (await fetch(url + sample)).json()) as Build2Deployment;
      expect(Deployments).toHaveLength(8);
      server.kill('SIGTERM');
      expect([await exit, (await errors).replace('loading the demonstration data\n', '')]).toEqual([0, '']);
      // What is in a log beside a file would be missing from a copy of the file.
      expect(readdirSync(join(folder, 'data')).sort()).toEqual([
        'NetDefaultDB.sqlite',
        'demo',
        'engine.lock',
        'gates.key',
      ]);
    },
  );
});

/**
 * Leaves a folder as a first start does that was cut short when all definitions had been applied, which takes the most of
 * its time.
 */
async function beginFirstStart(path: string): Promise<void> {
  const applied = await appliedFolder();
  cpSync(applied.path, path, { recursive: true });
  applied.remove();
  writeFileSync(join(path, 'demo'), 'The demonstration data is to be loaded.\n');
}

/** Resolves when the server takes no new connections. */
async function refused(url: string): Promise<void> {
  for (;;) {
    const answered = await fetch(`${url}/health/live`, { headers: { connection: 'close' } }).then(
      ({ status }) => status !== 503,
      () => false,
    );
    if (!answered) return;
  }
}
