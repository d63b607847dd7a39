import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Build2Deployment } from '../../../api/contract.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { programArguments } from '../../support/program.ts';
import { until } from '../../support/until.ts';

const b2dPath =
  '/b2d/deployments?adoOrganizationName=o&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=1';

/** Starts the server as a process of its own. */
function startServer(settings: Record<string, string>): ChildProcess {
  return spawn(process.execPath, programArguments('backend/hosts/server.ts'), {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'silent', PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const exitOf = async (server: ChildProcess): Promise<unknown> => (await once(server, 'exit'))[0];

const errorsOf = (server: ChildProcess): Promise<string> =>
  server.stderr ? text(server.stderr) : Promise.resolve('');

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

describe('the server at its end', () => {
  let kusto: KustoProxy;

  beforeAll(async () => {
    kusto = await startKustoProxy(undefined, answerOf(['Found'], [[false]]));
  });
  afterAll(() => kusto.close());

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s answers what is under way, refuses what comes later, and exits with 0',
    async (signal) => {
      const server = startServer({ KUSTO_CLUSTER: kusto.url, KUSTO_DATABASE: 'D' });
      const exit = exitOf(server);
      const url = await urlOf(server);
      kusto.forget();
      const open = kusto.hold();
      const underWay = fetch(url + b2dPath);
      await until(() => kusto.asked.length > 0);
      server.kill(signal);
      await refused(url);
      open();
      expect((await underWay).status).toBe(204);
      expect(await exit).toBe(0);
    },
  );
});

describe('the server with data of its own', () => {
  const sample =
    '/b2d/deployments?adoOrganizationName=msazure&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=85084651';
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'server-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    'fills an empty folder with the demonstration data',
    'answers from the folder that it has filled',
  ])('%s', async () => {
    const server = startServer({ DATA_DIR: join(folder, 'data') });
    const exit = exitOf(server);
    const url = await urlOf(server);
    const { Deployments } = (await (await fetch(url + sample)).json()) as Build2Deployment;
    expect(Deployments).toHaveLength(8);
    server.kill('SIGTERM');
    expect(await exit).toBe(0);
  });
});

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
