/** Rollouts with Ev2: the package that is written, and the scripts that it runs. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scriptVariables } from '../../infra/check/ev2.ts';
import { bound, packageOf } from '../../infra/ev2/package.ts';
import { runInfra } from '../../infra/index.ts';
import { isObject } from '../../infra/json.ts';
import { loadSources } from '../../infra/sources.ts';

const sources = loadSources();
const newFolder = (): string => mkdtempSync(path.join(tmpdir(), 'ev2-'));

function run(...given: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = runInfra(given, { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test('a package has everything that the service model names, and an archive for the scripts', () => {
  const [packages, folder] = [newFolder(), path.join(newFolder(), 'root')];
  for (const app of sources.apps) writeFileSync(path.join(packages, `${app}.zip`), app);
  const given = ['package', '--env', 'prod', '--out', folder, '--packages', packages, '--build', '1.2.3'];
  expect(run(...given)).toMatchObject({ code: 0, err: '' });
  expect(readdirSync(folder).sort()).toEqual([
    'BuildVer.txt',
    'Configuration.json',
    'Parameters',
    'RolloutParameters',
    'RolloutSpecs',
    'ScopeBindings.json',
    'ServiceModel.json',
    'StageMap.json',
    'Templates',
    'bin',
  ]);
  expect(readFileSync(path.join(folder, 'BuildVer.txt'), 'utf8')).toBe('1.2.3');
  const { stdout } = spawnSync('tar', ['-tf', path.join(folder, 'bin/deploy.tar')], { encoding: 'utf8' });
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining(['./swap-slots.sh', './copy-packages.sh', './packages/changelog.zip']),
  );
  expect(run(...given).err).toContain('is not empty');
});

test.each([
  [['package', '--env', 'prod'], '--env and --out are needed'],
  [['package', '--env', 'x', '--out', '/nowhere'], 'There is no environment x'],
  [['package', '--env', 'int', '--out', '/nowhere', '--build', '../1'], '--build must be letters'],
  [
    ['package', '--env', 'int', '--out', '/nowhere', '--rollout', 'code'],
    '--rollout must be one of Infrastructure, Code, Rollback',
  ],
])('%j is refused: %s', (given, message) => {
  expect(run(...given)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
});

test('an app without its zip file is named', () => {
  const packages = newFolder();
  writeFileSync(path.join(packages, 'b2d.zip'), '');
  const { err } = run(
    'package',
    '--env',
    'int',
    '--out',
    path.join(newFolder(), 'root'),
    '--packages',
    packages,
  );
  expect(err).toContain('has no d2b.zip, p2b.zip');
});

test('Ev2 gives each region its own values, and the version of the build', () => {
  const files = bound(packageOf(sources, 'prod'), 'northeurope', '1.2.3');
  const { parameters } = files.get('Parameters/slots.json') ?? {};
  expect(isObject(parameters) && parameters).toMatchObject({
    location: { value: 'northeurope' },
    packageVersion: { value: '1.2.3' },
    names: { value: { app: 'dpl-prod-neu-{0}', cluster: 'dplprodwus2' } },
  });
  expect(JSON.stringify(files.get('RolloutParameters/swap-slots.json'))).toContain(
    'dpl-prod-neu-b2d dpl-prod-neu-d2b',
  );
  expect(JSON.stringify(files.get('ServiceModel.json'))).toContain('"azureResourceGroupName":"dpl-prod-neu"');
});

test.each([
  ['Infrastructure', 'Deployments.Infrastructure.prod', 'P1D'],
  ['Code', 'Deployments.prod', 'P1D'],
  ['Rollback', 'Deployments.Rollback.prod', 'PT1M'],
] as const)(
  'a package for %s has the service group %s, and its stages bake for %s',
  (rollout, group, waitDuration) => {
    const folder = path.join(newFolder(), 'root');
    expect(run('package', '--env', 'prod', '--rollout', rollout, '--out', folder).code).toBe(0);
    const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    expect(read('ServiceModel.json').serviceMetadata.serviceGroup).toBe(group);
    const { promotion } = read('StageMap.json').configuration;
    expect(promotion).toMatchObject({ manual: rollout !== 'Rollback', validation: { waitDuration } });
  },
);

/** Runs a script with a stand-in for the Azure CLI, which fails for what `fails` matches. @returns what it was called with */
function runScript(script: string, variables: Readonly<Record<string, string>>, fails = '^$') {
  const folder = newFolder();
  mkdirSync(path.join(folder, 'packages'));
  writeFileSync(path.join(folder, 'packages/b2d.zip'), '');
  const log = path.join(folder, 'calls');
  writeFileSync(
    path.join(folder, 'az'),
    `#!/bin/bash\necho "$*" >> '${log}'\nif [[ "$*" =~ ${fails} ]]; then exit 1; fi\n`,
  );
  chmodSync(path.join(folder, 'az'), 0o755);
  const { status, stderr } = spawnSync('bash', [path.resolve('infra/ev2/shell', script)], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}`, ...variables },
    encoding: 'utf8',
  });
  const calls = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  return { status, stderr, calls };
}

const swapVariables = { RESOURCE_GROUP: 'g', APPS: 'a b c', SLOT: 'staging', IDENTITY: '/id' };
const swapOf = (app: string): unknown =>
  expect.stringMatching(
    new RegExp(`slot swap .*--resource-group g --name ${app} --slot staging --target-slot production`),
  );

test('slots are swapped one after the other', () => {
  const { status, calls } = runScript('swap-slots.sh', swapVariables);
  expect(status).toBe(0);
  expect(calls).toEqual([expect.stringContaining('login --identity'), swapOf('a'), swapOf('b'), swapOf('c')]);
});

test('where a slot does not get warm, those that were swapped are swapped back, and the rollout fails', () => {
  const { status, calls, stderr } = runScript('swap-slots.sh', swapVariables, 'name\\ c');
  expect(status).toBe(1);
  expect(calls.slice(1)).toEqual([swapOf('a'), swapOf('b'), swapOf('c'), swapOf('a'), swapOf('b')]);
  expect(stderr).toContain('c could not be swapped.');
});

test('packages are copied under their version, and one that is there already is no failure', () => {
  const variables = { STORAGE_ACCOUNT: 's', CONTAINER: 'packages', PACKAGE_VERSION: '1.2', IDENTITY: '/id' };
  const { status, calls } = runScript('copy-packages.sh', variables, 'upload');
  expect(status).toBe(0);
  expect(calls[1]).toMatch(/blob upload .*--overwrite false .*--name 1\.2\/b2d\.zip/);
  expect(calls[2]).toMatch(/blob show .*--name 1\.2\/b2d\.zip/);
  expect(runScript('copy-packages.sh', variables, 'blob').status).not.toBe(0);
});

test.each(Object.entries(scriptVariables))('%s asks for its variables at the start', (script, variables) => {
  const text = readFileSync(`infra/ev2/shell/${script}`, 'utf8');
  expect([...text.matchAll(/"\$\{(\w+):\?\}"/g)].map(([, name]) => name)).toEqual(variables);
  for (const variable of variables) {
    const others = Object.fromEntries(
      variables.filter((name) => name !== variable).map((name) => [name, 'x']),
    );
    expect(runScript(script, others)).toMatchObject({ calls: [], stderr: expect.stringContaining(variable) });
  }
});
