/** The packed command, as somebody runs it who has installed the tarball. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, KustoConnectionStringBuilder } from 'azure-kusto-data';

let folder: string;
let command: string;
let files: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'packed-'));
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [tarball] = JSON.parse(packed);
  files = tarball.files.map(({ path: file }: { path: string }) => file);
  execFileSync('tar', ['-xzf', path.join(folder, tarball.filename), '-C', folder]);
  const root = path.join(folder, 'package');
  for (const name of productionPackages()) {
    const link = path.join(root, name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.resolve(name), link);
  }
  command = path.join(root, 'dist/cli/deployments.js');
});
/** The folders of packages that an installation gets, without those for development. */
function productionPackages(): string[] {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  return Object.entries<{ dev?: boolean; devOptional?: boolean; optional?: boolean }>(packages)
    .filter(
      ([name, { dev, devOptional }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(name) && !dev && !devOptional,
    )
    .map(([name]) => name)
    .filter((name) => existsSync(name));
}

afterAll(() => rmSync(folder, { recursive: true }));

test('the tarball holds the command and what it needs, and nothing of the tests, the pages and the tasks', () => {
  for (const file of files)
    expect(file).toMatch(
      /^(package\.json|README\.md|LICENSE|dist\/(app|backend|cli|kusto)\/.+\.(js|json|kql))$/,
    );
  expect(files).toContain('dist/kusto/functions/GetBuild2Deployment_v1.kql');
  expect(files).toContain('dist/cli/deployments.js');
});

test('it serves a Kusto that keeps nothing, to a client that nobody has changed', async () => {
  const temporary = path.join(folder, 'tmp');
  execFileSync('mkdir', [temporary]);
  const args = [command, 'kusto', 'serve', '--memory', '--no-token', '--port', '0'];
  const env = { PATH: process.env.PATH, TMPDIR: temporary };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line)) ?? [];
  const client = new Client(new KustoConnectionStringBuilder(`Data Source=${url}`));
  await client.executeMgmt('NetDefaultDB', '.create table Build (Id: long, Name: string)');
  await client.executeMgmt('NetDefaultDB', '.ingest inline into table Build <| 1,web');
  const answer = await client.execute('NetDefaultDB', 'Build | project Name');
  expect(answer.primaryResults[0]?.toJSON().data).toEqual([{ Name: 'web' }]);
  client.close();
  child.kill('SIGTERM');
  const [exitCode] = await once(child, 'exit');
  expect(exitCode).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});
