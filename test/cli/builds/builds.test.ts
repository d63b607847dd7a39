import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCommand } from '../../support/command-line.ts';
import {
  type DeploymentsService,
  projectId,
  startDeploymentsService,
} from '../../support/tasks/deployments-service.ts';
import { deployment, failedRegion, progress } from '../../support/wait/world.ts';

let service: DeploymentsService;
beforeEach(async () => {
  service = await startDeploymentsService(() => []);
});
afterEach(() => service.close());

const build = ['-o', 'contoso', '-p', projectId, '-b', '7'];
const run = (argv: string[], signal?: AbortSignal) =>
  runCommand(argv, { DEPLOYMENTS_URL: service.url, DEPLOYMENTS_TOKEN: 'token-1' }, signal);

describe('deployments get', () => {
  it('shows the deployments of a build, asking with the token of the environment', async () => {
    service.answer = () => [
      deployment('a', 'completed', { EndTime: '2026-02-01T10:20:00.0000000Z' }),
      deployment('b\u001b[2J', 'Transmogrified'),
    ];
    const { exitCode, out } = await run(['get', 'build', ...build]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^STATE +PROGRESS +SOURCE +DEPLOYMENT +STARTED \(UTC\) +DURATION/);
    expect(out).toMatch(/^Succeeded +Ev2 +a +2026-02-01 10:00:00 +20m +service\/a=1\.0 +https:\S+\/a$/m);
    expect(out).toContain('Transmogrified (unknown)');
    expect(out).not.toContain('\u001b');
    expect(service.requests[0]?.authorization).toBe('Bearer token-1');
  });

  it('gives a deployment that has not started no duration', async () => {
    service.answer = () => [deployment('a', 'notStarted', { EndTime: null })];
    const { out } = await run(['get', 'build', ...build]);
    expect(out).toMatch(/^Not started +Ev2 +a +2026-02-01 10:00:00 +service\/a=1\.0 +https:\S+\/a$/m);
  });

  it('shows how many entities have succeeded, and how many have failed', async () => {
    service.answer = () => [deployment('a', 'inProgress', { Progress: progress(30, 60, 2) })];
    expect((await run(['get', 'build', ...build])).out).toMatch(/^In progress +30 of 60, 2 failed +Ev2 +a /m);
  });

  it('shows the entities of a deployment, of all pages', async () => {
    service.failedEntities = ['eastus', 'westus\u001b[2J', 'uksouth'].map((id) => failedRegion(id));
    const argv = ['get', 'deployment', '-s', 'Ev2', '-i', 'Group/1', '--entities'];
    const { exitCode, out } = await run(argv);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Failed +Region +eastus +2026-02-01 10:00:00 +service\/a=1\.0$/m);
    expect(out).toMatch(/^Failed +Region +uksouth /m);
    expect(out).not.toContain('\u001b');
    expect(service.entityRequests.map((query) => query.get('continuationToken'))).toEqual([null, '2']);
    expect(service.entityRequests[0]?.get('deploymentSource')).toBe('expressv2');
    expect(JSON.parse((await run([...argv, '--json'])).out).Entities).toHaveLength(3);
  });

  it('gives the answer as JSON', async () => {
    service.answer = () => [deployment('a', 'completed')];
    const { out } = await run(['get', 'build', ...build, '--json']);
    expect(JSON.parse(out)).toMatchObject({ ADOBuildId: 7, Deployments: [{ Id: 'a' }] });
  });

  it.each([['deployment'], ['payload']])('looks a %s up', async (what) => {
    service.answer = () => ({ status: 404, message: 'it is not found' });
    const { exitCode, err } = await run(['get', what, '-s', 'expressv2', '-i', 'x/y']);
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: 'it is not found' });
  });

  it('names the service that it cannot reach', async () => {
    await service.close();
    const { exitCode, err } = await run(['get', 'build', ...build]);
    expect({ exitCode, err }).toEqual({ exitCode: 3, err: `error: Could not reach ${service.url}.` });
  });

  it.each([
    [503, 3],
    [401, 3],
    [400, 2],
  ])('ends a refusal with %d by the exit code %d', async (status, expected) => {
    service.answer = () => ({ status, message: 'no' });
    expect((await run(['get', 'build', ...build])).exitCode).toBe(expected);
  });

  it.each([
    [['-p', projectId, '-b', '7'], '--organization'],
    [['-o', 'contoso', '-p', 'shop', '-b', '7'], '--project must be'],
    [['-o', 'contoso', '-p', projectId, '-b', 'x'], '--build must be'],
    [[...build, '--url', 'ftp://x'], '--url must be'],
  ])('names the option that is wrong: %j', async (argv, said) => {
    const { exitCode, err } = await run(['get', 'build', ...argv]);
    expect(exitCode).toBe(2);
    expect(err).toContain(said);
  });
});

describe('deployments wait', () => {
  it.each([
    ['completed', 0, 'satisfied'],
    ['failed', 1, 'failed'],
  ])('ends by a deployment that is %s with the exit code %d', async (state, expected, outcome) => {
    service.answer = () => [deployment('a', state)];
    const { exitCode, out, err } = await run(['wait', ...build, '--settle', '0']);
    expect(exitCode).toBe(expected);
    expect(out).toMatch(new RegExp(`^${outcome}: `));
    expect(err).toContain('Ev2');
  });

  it('gives its result as JSON, alone on standard output', async () => {
    service.answer = () => [deployment('a', 'inProgress')];
    const { exitCode, out } = await run(['wait', ...build, '--settle', '0', '--timeout', '1s', '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'timedOut' });
  });

  it('fails on an entity that fails if asked to, and names it', async () => {
    service.failedEntities = [failedRegion('eastus')];
    service.answer = () => [deployment('a', 'inProgress', { Progress: progress(30, 60, 1) })];
    const { exitCode, out, err } = await run(['wait', ...build, '--fail-on-failed-entity']);
    expect(exitCode).toBe(1);
    expect(out).toBe('failed: Ev2 a is in progress with 1 of 60 entities failed (Region eastus)');
    expect(err).toContain('Failed in Ev2 a: Region eastus');
  });

  it('refuses an option without a value in the words of an option', async () => {
    const { exitCode, err } = await run([
      'wait',
      ...build,
      '--fail-on-failed-entity',
      '--on-failure',
      'warn',
    ]);
    expect(exitCode).toBe(2);
    expect(err).toContain('--fail-on-failed-entity cannot be given if onFailure is warn');
  });

  it('names every option that is wrong at once', async () => {
    const { exitCode, err } = await run(['wait', ...build, '--poll-interval', 'often', '--wait-for', 'it']);
    expect(exitCode).toBe(2);
    expect(err).toContain('--poll-interval must be a duration');
    expect(err).toContain('--wait-for must be one of');
  });

  it('ends promptly when it is interrupted', async () => {
    const interruption = new AbortController();
    service.answer = () => {
      setImmediate(() => interruption.abort(new Error('interrupted')));
      return [deployment('a', 'inProgress')];
    };
    expect((await run(['wait', ...build], interruption.signal)).exitCode).toBe(130);
  });

  it('ends with the exit code of a service that refuses', async () => {
    service.answer = () => ({ status: 403, message: 'no' });
    expect((await run(['wait', ...build])).exitCode).toBe(3);
  });
});

describe('deployments watch', () => {
  it('names what has failed inside a deployment', async () => {
    const interruption = new AbortController();
    service.failedEntities = [failedRegion('eastus')];
    service.answer = (request) => {
      if (request === 2) setImmediate(() => interruption.abort(new Error('interrupted')));
      return [deployment('a', 'inProgress', { Progress: progress(30, 60, 1) })];
    };
    const { out } = await run(['watch', ...build, '--every', '1s'], interruption.signal);
    expect(out).toContain('Failed in Ev2 a: Region eastus');
  });

  it('shows changes until it is interrupted', async () => {
    const interruption = new AbortController();
    service.answer = (request) => {
      if (request === 3) setImmediate(() => interruption.abort(new Error('interrupted')));
      return request === 1 ? [] : [deployment('a', 'inProgress')];
    };
    const { exitCode, out } = await run(['watch', ...build, '--every', '1s'], interruption.signal);
    expect(exitCode).toBe(130);
    expect(out).toMatch(/^No deployments yet\.\nSTATE/);
    expect(out.match(/STATE/g)).toHaveLength(1);
  });
});
