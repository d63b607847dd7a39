/** The pipelines of infra/pipelines and the scan of the API: what Azure would refuse is found here. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { openApiDocument } from '../../api/openapi/document.ts';
import { type PipelineFacts, pipelineProblems } from '../../infra/pipelines/check.ts';

const folder = 'infra/pipelines';
const files = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .sort()
    .map((name) => [name.replaceAll(path.sep, '/'), readFileSync(path.join(folder, name), 'utf8')]),
);

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const ours = ['WaitForDeploymentsV1', 'WaitForDeploymentsGateV1'].map((name) => {
  const task: {
    name: string;
    version: { Major: number };
    inputs: { name: string; required: boolean; defaultValue?: string }[];
  } = readJson(`tasks/${name}/task.json`);
  const inputs = new Map(
    task.inputs.map((input) => [input.name, input.required && input.defaultValue === undefined] as const),
  );
  return [`${task.name}@${task.version.Major}`, { inputs }] as const;
});
const others = Object.entries<{ inputs: string[] }>(readJson(`${folder}/task-inputs.json`))
  .filter(([name]) => name.includes('@'))
  .map(([name, { inputs }]) => {
    const needed = inputs.map((input) => [input.replace('*', ''), input.endsWith('*')] as const);
    return [name, { inputs: new Map(needed) }] as const;
  });
const facts: PipelineFacts = {
  tasks: new Map([...ours, ...others]),
  npmScripts: new Set(Object.keys(readJson('package.json').scripts)),
  exists: existsSync,
};

/** As YAML of Azure Pipelines and ZAP write it. */
const dollar = '$';

/** The problems after a change of one file. */
function problemsAfter(file: string, from: string, to: string): string[] {
  const text = files.get(file) ?? '';
  expect(text).toContain(from);
  return pipelineProblems(new Map([...files, [file, text.replaceAll(from, to)]]), facts);
}

test('there is a pipeline for each purpose', () => {
  expect([...files.keys()]).toEqual([
    'api-scan.yml',
    'build.yml',
    'extension.yml',
    'pull-request.yml',
    'release.yml',
    'stages/environment.yml',
    'stages/kusto.yml',
    'steps/node.yml',
    'steps/tests.yml',
  ]);
});

test('every task, input, file and name exists, and every stage that deploys waits', () => {
  expect(pipelineProblems(files, facts)).toEqual([]);
});

test.each([
  [
    'a task that there is not',
    'steps/tests.yml',
    'PublishCodeCoverageResults@2',
    'PublishCodeCoverageResults@9',
    'there is no task',
  ],
  [
    'an input that a task does not have',
    'steps/tests.yml',
    'failIfCoverageEmpty',
    'failIfEmpty',
    'has no input failIfEmpty',
  ],
  [
    'an input of ours that there is not',
    'stages/environment.yml',
    'minimumEntities:',
    'minimumRegions:',
    'WaitForDeploymentsGate@1 has no input minimumRegions',
  ],
  [
    'a needed input that is missing',
    'stages/environment.yml',
    '              serviceConnection: deployments\n',
    '',
    'needs the input serviceConnection',
  ],
  [
    'an npm script that there is not',
    'build.yml',
    'npm run package',
    'npm run pack',
    'there is no npm script pack',
  ],
  [
    'a script that is not there',
    'extension.yml',
    'publish-extension.sh',
    'publish.sh',
    'there is no file infra/pipelines/publish.sh',
  ],
  [
    'a load test that is not there',
    'stages/environment.yml',
    'load-test.yaml',
    'load.yaml',
    'there is no file infra/load-test/load.yaml',
  ],
  [
    'a template that is not there',
    'build.yml',
    'steps/node.yml',
    'steps/npm.yml',
    'there is no template steps/npm.yml',
  ],
  [
    'a parameter that a template does not have',
    'release.yml',
    '      entities: 1\n',
    '      regions: 1\n',
    'has no parameter regions',
  ],
  [
    'a parameter that a template needs',
    'release.yml',
    '      entities: 1\n',
    '',
    'needs the parameter entities',
  ],
  [
    'a parameter that is not declared',
    'api-scan.yml',
    'parameters.url',
    'parameters.uri',
    'there is no parameter uri',
  ],
  [
    'a variable that nothing sets',
    'build.yml',
    '$(Build.ArtifactStagingDirectory)',
    '$(staging)',
    'nothing sets the variable staging',
  ],
  [
    'a stage that there is not',
    'extension.yml',
    'dependsOn: Package',
    'dependsOn: Packing',
    'there is no stage Packing',
  ],
  [
    'a job that there is not',
    'stages/environment.yml',
    'dependsOn: Integration',
    'dependsOn: Cases',
    'there is no job Cases',
  ],
  [
    'a rollout that nothing waits for',
    'stages/environment.yml',
    'WaitForDeploymentsGate@1',
    'ManualValidation@1',
    'Start deploys, and nothing waits',
  ],
  [
    'data that is changed without an approval',
    'stages/kusto.yml',
    'dependsOn: Approval',
    'dependsOn: []',
    'Apply deploys, and nothing waits',
  ],
  [
    'a deployment without an environment',
    'extension.yml',
    '        environment: marketplace\n',
    '',
    'has no environment',
  ],
  [
    'a wait that ends after an hour',
    'stages/environment.yml',
    `        timeoutInMinutes: ${dollar}{{ parameters.waitMinutes }}\n`,
    '',
    'has no timeoutInMinutes',
  ],
  [
    'a personal access token',
    'extension.yml',
    '$(serviceUrl)',
    'Personal Access Token',
    'a personal access token is used',
  ],
  ['broken YAML', 'build.yml', 'stages:', 'stages: [', 'build.yml: '],
])('%s is a problem', (_what, file, from, to, message) => {
  expect(problemsAfter(file, from, to).join('\n')).toContain(message);
});

test('a wait ends before its job does, so that its outcome is seen', () => {
  const { stages }: { stages: { parameters: { waitTimeout: string; waitMinutes: number } }[] } = parse(
    files.get('release.yml') ?? '',
  );
  expect(stages).toHaveLength(3);
  for (const { parameters } of stages)
    expect(parameters.waitMinutes).toBeGreaterThan(60 * Number(/^(\d+)h$/.exec(parameters.waitTimeout)?.[1]));
});

test.each([
  'infra/pipelines/plan-kusto.sh',
  'infra/pipelines/apply-kusto.sh',
  'infra/pipelines/publish-extension.sh',
  'infra/api-scan/scan.sh',
])('%s is a shell script, and stops at the first failure', (script) => {
  expect(spawnSync('bash', ['-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  const text = readFileSync(script, 'utf8');
  for (const [, name = ''] of text.matchAll(/npm run (?:--silent )?([\w:-]+)/g))
    expect(facts.npmScripts).toContain(name);
  expect(text).toMatch(/^#!\/usr\/bin\/env bash\n(#.*\n)+set -euo pipefail\n/);
});

test('a wait is for the rollouts of its environment alone, by the service group in their ids', () => {
  const { serviceMetadata }: { serviceMetadata: { serviceGroup: string } } = readJson(
    'infra/ev2/ServiceModel.json',
  );
  const filterOf = (environment: string) =>
    `${serviceMetadata.serviceGroup.replace('{environment}', environment)}/*`;
  expect(filterOf('ppe')).not.toBe(filterOf('prod'));
  const { settings }: { settings: { inputs: { body: string } } } = readJson(
    `${folder}/environment-check.json`,
  );
  expect(JSON.parse(settings.inputs.body).criteria.deployments).toBe(filterOf('ppe'));
  expect(files.get('stages/environment.yml')).toContain(
    `deployments: ${filterOf(`${dollar}{{ parameters.environment }}`)}\n`,
  );
});

test('the check of an environment asks for a wait that the service has', () => {
  const { settings }: { settings: { inputs: { body: string; urlSuffix: string } } } = readJson(
    `${folder}/environment-check.json`,
  );
  const { paths } = openApiDocument('0') as { paths: object };
  expect(Object.keys(paths)).toContain(settings.inputs.urlSuffix);
  expect(JSON.parse(settings.inputs.body)).toMatchObject({
    build: { buildId: expect.any(String) },
    criteria: {},
  });
});

describe('the scan of the API', () => {
  const plan: {
    env: { contexts: { excludePaths: string[] }[] };
    jobs: { type: string; rules?: { matchString: string; replacementString: string }[] }[];
  } = parse(readFileSync('infra/api-scan/zap.yaml', 'utf8'));

  it('reads the contract, signs in, scans, and fails for findings', () => {
    expect(plan.jobs.map(({ type }) => type)).toEqual([
      'passiveScan-config',
      'replacer',
      'openapi',
      'passiveScan-wait',
      'activeScan',
      'report',
      'exitStatus',
    ]);
    expect(plan.jobs[1]?.rules?.[0]).toMatchObject({
      matchString: 'Authorization',
      replacementString: `Bearer ${dollar}{API_TOKEN}`,
    });
  });

  it('leaves out every operation that writes', () => {
    const { paths } = openApiDocument('0') as { paths: Record<string, Record<string, unknown>> };
    const excluded =
      plan.env.contexts[0]?.excludePaths.map(
        (one) => new RegExp(`^${one.replace(`${dollar}{API_URL}`, '')}$`),
      ) ?? [];
    const writing = Object.entries(paths)
      .filter(([, methods]) => Object.keys(methods).some((method) => method !== 'get'))
      .map(([one]) => one)
      // An evaluation is a read with a body.
      .filter((one) => one !== '/gates/v1/evaluations');
    expect(writing.length).toBeGreaterThan(3);
    expect(writing.filter((one) => !excluded.some((pattern) => pattern.test(one)))).toEqual([]);
  });
});
