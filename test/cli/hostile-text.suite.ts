/** Every command against rows, names and messages that try to work the reader's terminal. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openQueues } from '../../changelog/intake/queues.ts';
import type { AzureDevOpsStandIn } from '../support/azure-devops/azure-devops.ts';
import { aBuild, type StoredProject } from '../support/azure-devops/records.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { type CommandResult, environmentFor, runCommand } from '../support/command-line.ts';
import type { DataLayer } from '../support/engine/data-layer.ts';
import { projectId } from '../support/tasks/deployments-service.ts';
import { deployment, progress } from '../support/wait/world.ts';

interface World {
  readonly data: DataLayer;
  readonly standIn: AzureDevOpsStandIn;
  readonly webshop: StoredProject;
  readonly columnsOf: (table: string) => string[];
}

/** Clears the screen, links, colours (7 and 8 bit), turns the direction, and begins lines of its own. */
const hostile =
  'evil\u001b[2J\u001b]8;;https://evil.example\u0007x\u001b]8;;\u0007\u009b31m\u202e\u2066\u200f\u2028\r\nFORGED\nFORGED\tz';
const harmful = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]|^FORGED/mu;

const build = ['-o', 'contoso', '-p', projectId, '-b', '7'];
const queue = ['--queue', 'contosohooks/azure-devops-events'];

export function hostileTextSuite(world: () => World): void {
  describe('text from outside', () => {
    const covered = new Set<string>();
    let refusing: Server;
    let service: Server;
    let azurite: Azurite;
    let answer: { status: number; body: unknown };

    beforeAll(async () => {
      // As a service that fails, and as a cluster that does.
      refusing = await listen(() => ({
        status: 400,
        body: {
          code: '400',
          message: hostile,
          error: { code: hostile, message: hostile, '@message': hostile },
        },
      }));
      service = await listen(() => answer);
      azurite = await startAzurite();
    });
    afterAll(async () => {
      for (const server of [refusing, service]) server.close();
      await azurite.close();
    });

    /** Runs the command, which is named by its first words, and expects that it prints the text, harmlessly. */
    async function expectHarmless(
      argv: string[],
      environment: Readonly<Record<string, string | undefined>> = {},
      words = argv.findIndex((word) => word.startsWith('-')),
    ): Promise<CommandResult> {
      covered.add(argv.slice(0, words).join(' '));
      const result = await runCommand(argv, environment);
      const printed = `${result.out}\n${result.err}`;
      expect(printed).toContain('evil');
      expect(harmful.exec(printed.replaceAll('\ufffd', ''))).toBeNull();
      return result;
    }

    test('is harmless in lookups and waits', async () => {
      const environment = { DEPLOYMENTS_URL: urlOf(service), DEPLOYMENTS_TOKEN: 'token' };
      const row = deployment(hostile, 'completed', {
        DeploymentUrl: `https://rollouts.example/${hostile}`,
        Source: hostile,
        ChangeOwner: hostile,
        Metadata: hostile,
        Payloads: [{ Id: hostile, ProgressionLink: hostile }],
      });
      const unknown = deployment('b', hostile);
      answer = {
        status: 200,
        body: {
          ADOOrganizationName: 'contoso',
          ADOProjectId: projectId,
          ADOBuildId: 7,
          Deployments: [row, { ...unknown, State: undefined }],
        },
      };
      await expectHarmless(['get', 'build', ...build], environment);
      await expectHarmless(['get', 'build', ...build, '--json'], environment);
      const wait = ['wait', ...build, '--settle', '0', '--timeout', '1s'];
      await expectHarmless(wait, environment);
      await expectHarmless([...wait, '--json'], environment);
      const builds = [{ OrganizationName: hostile, ProjectId: hostile, Id: hostile, Url: hostile }];
      const [source, id] = ['expressv2', 'a/b'];
      answer = { status: 200, body: { DeploymentSource: source, DeploymentId: id, Builds: builds } };
      await expectHarmless(['get', 'deployment', '-s', source, '-i', id], environment);
      const entity = { Type: hostile, Id: hostile, State: hostile, ChangeState: hostile, Payload: hostile };
      const entities = [{ ...entity, LastUpdateTime: '2026-02-01T10:00:00Z' }];
      const listed = { State: hostile, Progress: progress(0, 1), Payloads: [], Entities: entities };
      answer = { status: 200, body: { DeploymentSource: source, DeploymentId: id, ...listed } };
      await expectHarmless(['get', 'deployment', '-s', source, '-i', id, '--entities'], environment);
      answer = { status: 200, body: { DeploymentSource: source, Payload: id, Builds: builds } };
      await expectHarmless(['get', 'payload', '-s', source, '-i', id], environment);

      const failing = { DEPLOYMENTS_URL: urlOf(refusing) };
      await expectHarmless(['get', 'build', ...build], failing);
      await expectHarmless(['get', 'deployment', '-s', source, '-i', id], failing);
      await expectHarmless(['get', 'payload', '-s', source, '-i', id], failing);
      await expectHarmless(['watch', ...build], failing);
      const claims = Buffer.from(JSON.stringify({ name: hostile, roles: [hostile] })).toString('base64url');
      await expectHarmless(['whoami'], { ...failing, DEPLOYMENTS_TOKEN: `e30.${claims}.x` }, 1);
      await expectHarmless(['login', '--tenant', hostile], failing);
      await expectHarmless(['logout', `--${hostile}`], failing);
      await expectHarmless(['wait', ...build], failing);
    });

    test('is harmless in what Azure DevOps says', async () => {
      const { standIn, data } = world();
      const project = standIn.addProject(hostile);
      const environment = { ...environmentFor(standIn), AZURE_STORAGE_KEY: 'key' };
      const hooks = (...argv: string[]) =>
        expectHarmless(['hooks', ...argv, '--all-projects', ...queue], environment);
      await hooks('create', '--dry-run');
      await hooks('create');
      await hooks('doctor');
      await hooks('remove', '--dry-run');
      standIn.answerNext([{ status: 400, body: { message: hostile } }]);
      await hooks('create');
      project.builds.push(aBuild(project, { id: 1, buildNumber: hostile }));
      const reconcile = ['reconcile', '--all-projects', '--since', '2026-03-01'];
      await expectHarmless([...reconcile, '-c', data.url], environment);
      await expectHarmless(['get', 'build', '-o', standIn.url, '-p', `${hostile}?`, '-b', '7'], environment);
      standIn.answerNext([{ status: 400, body: { message: hostile } }]);
      await expectHarmless(['changelog', 'list', '-p', 'x', '-c', data.url], environment);
    });

    test('is harmless in what the changelog knows', async () => {
      const { standIn, data, webshop, columnsOf } = world();
      const environment = environmentFor(standIn);
      const commit = 'e1'.repeat(20);
      const event = {
        EventId: hostile,
        CreatedDate: new Date().toISOString(),
        ReceivedDate: new Date().toISOString(),
        OrganizationName: standIn.organization,
        ProjectId: webshop.id,
      };
      await data.database.ingest('PushEvent', columnsOf('PushEvent'), [
        {
          ...event,
          RepositoryName: hostile,
          PushedBy: hostile,
          PushedDate: event.CreatedDate,
          NewCommit: commit,
        },
      ]);
      await data.database.ingest('SetAsideEvent', columnsOf('SetAsideEvent'), [
        { ...event, EventType: hostile, Reason: hostile, Body: '{}' },
      ]);
      const list = ['changelog', 'list', '-p', webshop.id, '-c', data.url];
      await expectHarmless(list, environment);
      await expectHarmless([...list, '--json'], environment);
      await expectHarmless(['changelog', 'commit', commit, '-c', data.url], environment, 2);
      await expectHarmless(['changelog', 'status', '-c', data.url]);
    });

    test('is harmless in what runs where in a project', async () => {
      const environment = { DEPLOYMENTS_URL: urlOf(service), DEPLOYMENTS_TOKEN: 'token' };
      const place = ['-o', 'contoso', '-p', projectId];
      const time = '2026-02-01T10:00:00Z';
      const texts = Object.fromEntries(
        [
          'Service',
          'Environment',
          'DeploymentSource',
          'DeploymentId',
          'DeploymentUrl',
          'Version',
          'ChangeState',
        ].map((name) => [name, hostile]),
      );
      const of = {
        Number: hostile,
        Url: hostile,
        Pipeline: hostile,
        Repository: hostile,
        Branch: hostile,
        Commit: hostile,
      };
      const placement = {
        ...texts,
        ...{ State: hostile, Kind: hostile, By: hostile, StartTime: time, EndTime: null },
        Build: { ...of, ProjectId: projectId, Id: 7 },
      };
      const cell = {
        Service: hostile,
        Environment: hostile,
        Current: placement,
        Since: [placement],
        MoreSince: 1,
      };
      const names = { Pipelines: [hostile], Repositories: [hostile], Ambiguous: [hostile] };
      const head = { ADOOrganizationName: 'contoso', ADOProjectId: projectId };
      const matrix = {
        ...{ ...head, At: null, Horizon: null, LeftOut: [{ DeploymentSource: hostile, Reason: hostile }] },
        Environments: [{ Name: hostile, Tier: hostile, Guessed: false }],
        Services: [{ Name: hostile, Guessed: false, ...names }],
        Cells: [{ ...cell, Behind: 1, BehindIsAtLeast: false }],
      };
      answer = { status: 200, body: matrix };
      await expectHarmless(['environments', ...place], environment);
      await expectHarmless(['environments', ...place, '--json'], environment);
      const step = {
        Key: 'a',
        Kind: hostile,
        Title: hostile,
        Url: hostile,
        State: hostile,
        ChangeState: hostile,
      };
      const whereabouts = {
        ...{ ...head, Subject: hostile, Commits: [], PullRequests: [], WorkItems: [], AndMore: true },
        Environments: [{ ...texts, Presence: hostile, Placement: placement, ProjectId: projectId }],
        Steps: [{ ...step, By: hostile, StartTime: time, EndTime: null, After: [], ProjectId: projectId }],
      };
      answer = { status: 200, body: whereabouts };
      await expectHarmless(['where', 'f'.repeat(40), ...place], environment, 1);
      const failing = { DEPLOYMENTS_URL: urlOf(refusing) };
      await expectHarmless(['environments', ...place], failing);
      await expectHarmless(['where', 'f'.repeat(40), ...place], failing, 1);
      await expectHarmless(['completion', `--${hostile}`], failing, 1);
    });

    test('is harmless in messages that could not be processed', async () => {
      const environment = { CHANGELOG_STORAGE: azurite.connectionString, CHANGELOG_QUEUE: 'hostile' };
      const { main, poison } = await openQueues({ storage: azurite.connectionString, name: 'hostile' });
      await main.createIfNotExists();
      await poison.add({
        reason: hostile,
        tries: 5,
        firstSeen: hostile,
        lastSeen: hostile,
        body: 'evil\u001b[2J',
      });
      await expectHarmless(['changelog', 'poison', 'list'], environment, 3);
      await expectHarmless(['changelog', 'poison', 'list', '--json'], environment, 3);
      const [message] = await poison.list();
      await expectHarmless(['changelog', 'poison', 'show', message?.id ?? ''], environment, 3);
      for (const action of ['show', 'replay', 'drop']) {
        await expectHarmless(['changelog', 'poison', action, `--${hostile}`], environment, 3);
      }
    });

    test('is harmless in what a cluster says', async () => {
      const cluster = ['-c', urlOf(refusing)];
      for (const command of ['plan', 'apply', 'jobs', 'demo']) {
        await expectHarmless(['kusto', command, ...cluster]);
      }
      await expectHarmless(['kusto', 'serve', '--port', '0', '--data', `/dev/null/${hostile}`]);
      await expectHarmless(['changelog', 'status', ...cluster]);
    });

    test('is tried with every command', async () => {
      expect([...covered].sort()).toEqual((await leaves([])).sort());
    });
  });
}

/** Every command below this one that has none below itself, as the help lists them. */
async function leaves(path: readonly string[]): Promise<string[]> {
  const { out } = await runCommand([...path, '--help']);
  const [, list = ''] = /^Commands:\n((?: .*\n?)*)/m.exec(out) ?? [];
  const names = [...list.matchAll(/^ {2}([a-z]+)/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
  if (names.length === 0) return [path.join(' ')];
  return (await Promise.all(names.map((name) => leaves([...path, name])))).flat();
}

async function listen(answerOf: () => { status: number; body: unknown }): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    const { status, body } = answerOf();
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
