/** Where everything in a project is, on the command line: the demonstration's projects, through the real service. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createIntrospectionClient } from '../../api/introspection/client.ts';
import type { Change, Placement } from '../../api/introspection/contract.ts';
import { paymentsProject } from '../../changelog/demo/payments.ts';
import { startTestBackend, type TestBackend } from '../support/backend.ts';
import { runCommand } from '../support/command-line.ts';
import { runInTerminal, shellLine } from '../support/terminal.ts';
import { until } from '../support/until.ts';

let backend: TestBackend;
beforeAll(async () => {
  backend = await startTestBackend({ kustoTimeoutMs: 30_000 });
});
afterAll(() => backend.close());

const { organization, id: project } = paymentsProject;
const place = ['-o', organization, '-p', project];
const run = (argv: readonly string[]) => runCommand(argv, { DEPLOYMENTS_URL: backend.url });
const list = (...argv: readonly string[]) => run(['get', '--org', organization, '-p', project, ...argv]);

/** The newest deployments, by the client. */
async function newest(query: object = {}): Promise<readonly Change[]> {
  const client = createIntrospectionClient({ baseUrl: backend.url });
  const answer = await client.getChanges({ organization, project, ...query });
  if (answer.kind !== 'found') throw new Error(`no deployments: ${answer.kind}`);
  return answer.body.Changes;
}

/** The cells of a service's row, by the heading of their column. */
function rowOf(out: string, service: string): Readonly<Record<string, string>> {
  const [heading = '', ...lines] = out.split('\n');
  const row = lines.find((line) => line.startsWith(`${service} `)) ?? '';
  const starts = [...heading.matchAll(/\S+/g)].map(({ index, 0: name }) => [name, index] as const);
  return Object.fromEntries(
    starts.map(([name, start], column) => [name, row.slice(start, starts[column + 1]?.[1]).trim()]),
  );
}

describe('environments', () => {
  test('is a matrix that tells a rollback, a hot fix, a failure and an approval that waits', async () => {
    const { out, exitCode } = await run(['environments', ...place]);
    expect(exitCode).toBe(0);
    expect(out.split('\n')[0]).toMatch(/^SERVICE +DEV +TEST +STAGING +PRODUCTION$/);
    expect(rowOf(out, 'card-gateway').PRODUCTION).toMatch(/^\d{8}\.\d+ rolled back/);
    expect(rowOf(out, 'fraud-scoring').PRODUCTION).toMatch(/^\d{8}\.\d+ hot fix/);
    expect(rowOf(out, 'statement-web').STAGING).toMatch(/; \d{8}\.\d+ failed/);
    expect(rowOf(out, 'ledger-api').PRODUCTION).toMatch(/; \d{8}\.\d+ waits for approval$/);
  });

  test('shows some services and environments, the past, and JSON', async () => {
    const some = await run(['environments', ...place, '-s', 'ledger-api', '-e', 'dev', 'production']);
    expect(some.out.split('\n')).toHaveLength(2);
    expect(some.out).toMatch(/^SERVICE +DEV +PRODUCTION\n/);
    const past = await run(['environments', ...place, '--at', '3d']);
    expect(past.out).toMatch(/^As of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n/);
    expect(past.out).not.toContain('rolled back');
    const json = await run(['environments', ...place, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ ADOProjectId: project, At: null });
  });
});

test('a project that nobody has heard of is bad news, a time before its history a mistake', async () => {
  const unknown = ['-o', organization, '-p', '00000000-0000-4000-8000-000000000001'];
  const { exitCode, out, err } = await run(['environments', ...unknown]);
  expect([exitCode, out]).toEqual([1, '']);
  expect(err).toContain('There is no record of project');
  const early = await run(['environments', ...place, '--at', '2001-01-01']);
  expect(early.exitCode).toBe(2);
  expect(early.err).toContain('at ');
});

describe('where', () => {
  let placement: Placement;
  beforeAll(async () => {
    const [change] = await newest({
      services: ['card-gateway'],
      environments: ['production'],
      states: ['succeeded'],
    });
    if (!change) throw new Error('nothing came to production');
    placement = change.Placement;
  });

  test('draws the chain of a commit, and what each environment has of it', async () => {
    const { out, exitCode } = await run(['where', placement.Build.Commit, '-o', organization]);
    expect(exitCode).toBe(0);
    expect(out.split('\n')[0]).toContain(placement.Build.Commit);
    expect(out).toMatch(/commit [0-9a-f]{8}/);
    expect(out).toMatch(/└─ build /);
    expect(out).toMatch(/\nstaging +card-gateway +yes /);
  });

  test('takes the first digits of it, and the address of its build', async () => {
    const whole = await run(['where', placement.Build.Commit, ...place]);
    expect(await run(['where', placement.Build.Commit.slice(0, 12), ...place])).toEqual(whole);
    expect(await run(['where', placement.Build.Url])).toEqual(whole);
  });

  test('takes pull requests and work items of a project', async () => {
    const merged = await backend.database.query(
      `PullRequestState | where ProjectId == '${project}' | top 1 by CreatedDate asc | project PullRequestId, Title`,
    );
    const pullRequest = await run(['where', `!${merged[0]?.PullRequestId}`, ...place]);
    expect(pullRequest.err).toBe('');
    expect(pullRequest.out).toContain(`!${merged[0]?.PullRequestId}  ${merged[0]?.Title}`);
    const [item] = await backend.database.query(
      `BuildWorkItem | where ProjectId == '${project}' | top 1 by WorkItemId asc | project WorkItemId`,
    );
    const workItem = await run(['where', `#${item?.WorkItemId}`, ...place]);
    expect(workItem.out.split('\n')[0]).toBe(`#${item?.WorkItemId}`);
    expect(workItem.exitCode).toBe(0);
  });

  test.each([
    [['where', 'main'], 2, "argument 'what' must be a commit id"],
    [['where', '!12'], 2, "need option '--project <name>'"],
    [['where', 'https://example.com/x'], 2, "argument 'what' must be"],
    [['where', 'f'.repeat(40)], 1, ''],
    [['where', '#999999', '-p', project], 1, ''],
  ])('%j ends with %d', async (argv, exitCode, message) => {
    const result = await run([...argv, '-o', organization]);
    expect(result).toMatchObject({ exitCode, out: '' });
    expect(result.err).toContain(message);
    expect(result.err).not.toBe('');
  });
});

describe('get', () => {
  test('lists deployments newest first, and fewer with each option', async () => {
    const { out } = await list('-t', '5');
    const [heading, ...lines] = out.split('\n');
    expect(heading).toMatch(/^STATE +SERVICE +ENVIRONMENT +VERSION /);
    expect(lines).toHaveLength(6);
    expect(lines[5]).toBe('There are more: see --top.');
    const failed = await list('--state', 'failed', '-s', 'statement-web', '-e', 'staging', '-t', '3');
    for (const line of failed.out.split('\n').slice(1, 4))
      expect(line).toMatch(/^Failed +statement-web +staging/);
  });

  test('finds deployments by build, commit and id', async () => {
    const [{ Placement: one } = { Placement: undefined }] = await newest({ states: ['succeeded'] });
    if (!one) throw new Error('nothing succeeded');
    for (const argv of [
      ['-b', String(one.Build.Id)],
      ['-c', one.Build.Commit.slice(0, 12)],
      ['-d', one.DeploymentId],
      ['-i', one.Version, '-s', one.Service],
    ])
      expect((await list(...argv)).out).toContain(one.Version);
    expect((await list('-b', '1')).out).toBe('No deployments.');
  });

  test('writes JSON and YAML of the same, and more columns on request', async () => {
    const json = JSON.parse((await list('-t', '3', '-o', 'json')).out);
    expect(json.Changes).toHaveLength(3);
    expect(parse((await list('-t', '3', '-o', 'yaml')).out)).toEqual(json);
    expect((await list('-t', '3', '-o', 'wide')).out).toMatch(/ BUILD .* RING .* MERGED BY .* SYNCED/);
  });

  test.each([
    [['get'], "'--project <name>'"],
    [['get', '-p', 'x', '-o', 'xml'], 'normal, wide, json, yaml'],
    [['get', '-p', 'x', '--state', 'odd'], 'notStarted'],
    [['get', '-p', 'x', '-t', '0'], 'from 1 to 500'],
  ])('%j is refused', async (argv, message) => {
    const result = await run([...argv, '--org', organization]);
    expect(result.exitCode).toBe(2);
    expect(result.err).toContain(message);
  });
});

describe('in a terminal', () => {
  const environment = () => ({ DEPLOYMENTS_URL: backend.url });

  test('the matrix fits the window and has colours', async () => {
    const terminal = runInTerminal(['environments', ...place], { columns: 72, rows: 24 }, environment());
    expect(await terminal.ended).toBe(0);
    const shown = terminal.shown();
    expect(shown).toContain('\u001b[31m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own
    const lines = shown.replace(/\u001b\[[0-9;]*m/g, '').split('\r\n');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(72);
  });

  test('-w draws over what it drew, until Ctrl-C', async () => {
    const argv = ['get', '--org', organization, '-p', project, '-t', '4', '-w', '--every', '1s'];
    const terminal = runInTerminal(argv, { columns: 100, rows: 24 }, environment());
    await until(() => terminal.shown().includes('\u001b[6A\u001b[0J'));
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(130);
  });

  test('a reader that leaves early ends it without a word', async () => {
    const script = `set -o pipefail; ${shellLine(['environments', ...place])} | head -n 1`;
    const shell = promisify(execFile)('bash', ['--norc', '-c', script], {
      env: { PATH: process.env.PATH, ...environment() },
    });
    const { stdout, stderr } = await shell.catch((error: { stdout: string; stderr: string }) => error);
    expect(stdout).toMatch(/^SERVICE/);
    expect(stderr).toBe('');
  });
});
