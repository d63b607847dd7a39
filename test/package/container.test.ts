/**
 * The container of the Node server, as far as it can be tried without a container engine: what its Containerfile says,
 * and the server in the files of its last stage, as a user who may write to the data folder alone.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Build2Deployment } from '../../api/contract.ts';
import { buildPrograms } from '../../scripts/build/programs.ts';
import { argumentsOf, layOut, stagesOf } from '../support/container-files.ts';
import { demoFolder } from '../support/engine/prepared-folder.ts';
import { freePort } from '../support/free-port.ts';

const stages = stagesOf(readFileSync('Containerfile', 'utf8'));
const last = stages.at(-1) ?? [];
const only = (name: string): string => {
  const [argument = '', ...others] = argumentsOf(last, name);
  expect([name, others]).toEqual([name, []]);
  return argument;
};

describe('the Containerfile', () => {
  it('builds and runs on one pinned version of a Node that is supported', () => {
    const bases = stages.map((stage) => argumentsOf(stage, 'FROM')[0]);
    const [, version = ''] = /^node:(\d+\.\d+\.\d+)-bookworm AS build$/.exec(bases[0] ?? '') ?? [];
    expect(bases).toEqual([`node:${version}-bookworm AS build`, `node:${version}-bookworm-slim`]);
    expect([22, 24]).toContain(Number.parseInt(version, 10));
  });

  it('ends without root, without tools, and with folders to write to', () => {
    expect(only('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(JSON.parse(only('VOLUME'))).toEqual(['/data', '/tmp']);
    const [cleaning = '', ...others] = argumentsOf(last, 'RUN');
    expect(others).toEqual([]);
    expect(cleaning).toMatch(
      /^rm -rf \/usr\/local\/lib\/node_modules .*&& install -d -o 1000 -g 1000 -m 700 \/data$/,
    );
    expect(argumentsOf(last, 'ADD')).toEqual([]);
  });

  it('takes nothing from a working copy but what the build made', () => {
    for (const copy of argumentsOf(last, 'COPY')) expect(copy).toMatch(/^--from=build \/app\//);
    const ignored = readFileSync('.containerignore', 'utf8').split('\n');
    for (const place of ['.git', '.data', '.env', 'node_modules', 'dist']) expect(ignored).toContain(place);
  });

  it('has the code, the places at which its programs start, and the files that they read', () => {
    const copied = argumentsOf(last, 'COPY').flatMap((copy) => /\/app\/dist\/(\S+) /.exec(copy)?.[1] ?? []);
    expect(copied).toEqual(['app', 'backend', 'kusto']);
  });
});

describe('the container', () => {
  const token = 'a-static-token-of-this-test-1234567890';
  const [uid = 0, gid = 0] = only('USER').split(':').map(Number);
  /** Only root can become another user; anybody else is unprivileged already. */
  const user = process.getuid?.() === 0 ? { uid, gid } : {};
  let files: ReturnType<typeof layOut>;
  let data: string;
  let outside: string;
  let environment: Record<string, string>;
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    outside = mkdtempSync('/tmp/container-data-');
    files = layOut(last, await buildOf(outside));
    data = path.join(outside, 'data');
    const prepared = await demoFolder();
    execFileSync('cp', ['-r', prepared.path, data]);
    prepared.remove();
    const clients = path.join(outside, 'clients.json');
    const tokens = [createHash('sha256').update(token).digest('hex')];
    writeFileSync(clients, JSON.stringify({ clients: { reader: { grants: ['msazure'], tokens } } }));
    if ('uid' in user) {
      for (const place of [outside, data, ...readdirSync(data).map((name) => path.join(data, name))])
        chownSync(place, uid, gid);
    }
    const declared = argumentsOf(last, 'ENV').map((line) => line.split('='));
    environment = {
      PATH: process.env.PATH ?? '',
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...Object.fromEntries(declared),
      LOG_LEVEL: 'warn',
      PORT: String(await freePort()),
      ENGINE_PORT: '0',
      DATA_DIR: data,
      AUTH: 'entra',
      ENTRA_TENANTS: '11111111-1111-4111-8111-111111111111',
      ENTRA_CLIENT_ID: '22222222-2222-4222-8222-222222222222',
      ENTRA_AUTHORITY: 'http://127.0.0.1:1',
      CLIENTS_FILE: clients,
    };
  });
  afterAll(() => {
    server?.kill('SIGKILL');
    files.remove();
    rmSync(outside, { recursive: true, force: true });
  });

  const options = () => ({ cwd: files.folder, env: environment, ...user });
  const commandOf = (json: string): [program: string, parameters: string[]] => {
    const [program, ...parameters] = JSON.parse(json) as string[];
    expect(program).toBe('node');
    return [process.execPath, parameters];
  };
  const run = (...parameters: string[]) =>
    spawnSync(process.execPath, parameters, { ...options(), encoding: 'utf8' });
  const checkHealth = () => {
    const [program, parameters] = commandOf(only('HEALTHCHECK').replace(/^.* CMD /, ''));
    return spawnSync(program, parameters, { ...options(), encoding: 'utf8' });
  };

  it('has packages of production alone, and no sources', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    // Some are what a package of production needs too.
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    const forDevelopment = Object.keys(devDependencies).filter(
      (name) => packages[`node_modules/${name}`].dev,
    );
    expect(forDevelopment.length).toBeGreaterThan(20);
    const has = (name: string): boolean => existsSync(path.join(files.folder, 'node_modules', name));
    expect(Object.keys(dependencies).filter((name) => !has(name))).toEqual([]);
    expect(forDevelopment.filter(has)).toEqual([]);
    expect(readdirSync(files.folder).sort()).toEqual(['LICENSE', 'dist', 'node_modules', 'package.json']);
    const ours = readdirSync(path.join(files.folder, 'dist'), { recursive: true, encoding: 'utf8' });
    expect(ours.filter((file) => /\.tsx?$/.test(file))).toEqual([]);
  });

  it('cannot be written to', () => {
    for (const place of ['x', 'dist/x', 'dist/backend/hosts/x', 'node_modules/x', 'package.json']) {
      const write = run('-e', `require('node:fs').appendFileSync(${JSON.stringify(place)}, '')`);
      expect([place, write.stderr]).toEqual([place, expect.stringMatching(/EACCES|EROFS/)]);
    }
  });

  it('starts without root from settings in the environment, answers, is healthy, and stops in order', async () => {
    const running = spawn(...commandOf(only('ENTRYPOINT')), {
      ...options(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    server = running;
    const [exit, output, errors] = [once(running, 'exit'), text(running.stdout), text(running.stderr)];
    await started(running, errors);
    const url = `http://127.0.0.1:${environment.PORT}`;
    if ('uid' in user) expect(userOf(running)).toBe(uid);

    expect(checkHealth()).toMatchObject({ status: 0, stderr: '' });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const build = `${url}/b2d/deployments?adoOrganizationName=msazure&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=85084651`;
    expect((await fetch(build)).status).toBe(401);
    const answer = await fetch(build, { headers: { authorization: `Bearer ${token}` } });
    expect(((await answer.json()) as Build2Deployment).Deployments).toHaveLength(8);
    expect((await fetch(`${url}/docs/swagger-ui-bundle.js`)).status).toBe(200);

    running.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(await output).toMatch(/\nStopped by SIGTERM\.\n$/);
    expect(await errors).toBe('');
    expect(readdirSync(data).filter((name) => /-(?:wal|shm|journal)$/.test(name))).toEqual([]);
    expect(checkHealth()).toMatchObject({
      status: 1,
      stderr: 'The server does not answer: ECONNREFUSED\n',
    });
  });

  it('does not start for everybody without authentication', () => {
    const [program, parameters] = commandOf(only('ENTRYPOINT'));
    const ended = spawnSync(program, parameters, {
      ...options(),
      env: { ...environment, AUTH: 'none' },
      encoding: 'utf8',
    });
    expect([ended.status, ended.stderr]).toEqual([
      1,
      expect.stringContaining(
        'HOST must be a loopback address (127.0.0.1, ::1, localhost) while AUTH is none.',
      ),
    ]);
  });
});

/** The output of the build: that of `npm test`, or else made now. */
async function buildOf(folder: string): Promise<string> {
  if (process.env.TEST_PROGRAMS === 'built') return 'dist';
  const target = path.join(folder, 'dist');
  await buildPrograms(target);
  return target;
}

/** Resolves when the server has said where it answers. @throws where it ends before */
async function started(server: ChildProcess, errors: Promise<string>): Promise<void> {
  if (!server.stdout) throw new Error('no output');
  for await (const line of createInterface(server.stdout)) if (line.startsWith('API')) return;
  throw new Error(`The server ended before it answered: ${await errors}`);
}

/** The user of a process, from the system. */
function userOf({ pid }: ChildProcess): number {
  const [, found] = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(found);
}
