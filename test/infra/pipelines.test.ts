/** The pipelines of infra/pipelines and the scan of the API: what Azure would refuse is found here. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { openApiDocument } from '../../api/openapi/document.ts';
import { serviceGroupOf } from '../../infra/ev2/package.ts';
import { checkPipelines } from '../../infra/pipelines/check.ts';
import { expanded } from '../../infra/pipelines/expand.ts';
import { parsePipeline } from '../../infra/pipelines/files.ts';
import { stagesOf } from '../../infra/pipelines/purposes.ts';
import { loadSources } from '../../infra/sources.ts';

const folder = 'infra/pipelines';
const sources = loadSources();
const texts = new Map(
  [...sources.pipelines.files.keys()].map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]),
);
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

/** As YAML of Azure Pipelines and ZAP write it. */
const dollar = '$';

/** The problems after a change of one file. */
function problemsAfter(file: string, from: string, to: string): string[] {
  const text = texts.get(file) ?? '';
  expect(text).toContain(from);
  const { pipelines } = sources;
  const files = new Map(pipelines.files).set(file, parsePipeline(file, text.replaceAll(from, to)));
  return checkPipelines({ ...sources, pipelines: { ...pipelines, files } }).map(
    ({ place, message }) => `${place}: ${message}`,
  );
}

test('there is a pipeline for each purpose', () => {
  expect([...texts.keys()]).toEqual([
    'api-scan.yml',
    'build.yml',
    'extension.yml',
    'pull-request.yml',
    'release.yml',
    'rollback.yml',
    'stages/environment.yml',
    'stages/kusto.yml',
    'stages/rollout.yml',
    'stages/verify.yml',
    'steps/node.yml',
    'steps/tests.yml',
  ]);
});

test('every task, input, file and name exists, and every stage that deploys waits', () => {
  expect(checkPipelines(sources)).toEqual([]);
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
    'stages/rollout.yml',
    'minimumEntities:',
    'minimumRegions:',
    'WaitForDeploymentsGate@1 has no input minimumRegions',
  ],
  [
    'a needed input that is missing',
    'stages/rollout.yml',
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
    'stages/verify.yml',
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
    'stages/verify.yml',
    'dependsOn: Integration',
    'dependsOn: Cases',
    'there is no job Cases',
  ],
  [
    'a rollout that nothing waits for',
    'stages/rollout.yml',
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
    'stages/rollout.yml',
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
])('%s is a problem', (_what, file, from, to, message) => {
  expect(problemsAfter(file, from, to).join('\n')).toContain(message);
});

test('broken YAML is named', () => {
  expect(() => parsePipeline('build.yml', 'stages: [')).toThrow(/^build\.yml: /);
  expect(() => parsePipeline('build.yml', '- a')).toThrow('build.yml: it is not a mapping');
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
    expect(sources.pipelines.npmScripts).toContain(name);
  expect(text).toMatch(/^#!\/usr\/bin\/env bash\n(#.*\n)+set -euo pipefail\n/);
});

test.each([
  ['prod', 'ppe'],
  ['ppe', 'int'],
])(
  'the check of %s asks the service for a wait until %s has the infrastructure and the code',
  (own, before) => {
    const check: {
      resource: { name: string };
      settings: { inputs: { body: string; urlSuffix: string } };
    } = readJson(`${folder}/environment-checks/${own}.json`);
    const { body, urlSuffix } = check.settings.inputs;
    expect(check.resource.name).toBe(`deployments-${own}`);
    expect(Object.keys((openApiDocument('0') as { paths: object }).paths)).toContain(urlSuffix);
    const groups = (['Code', 'Infrastructure'] as const).map((one) => `${serviceGroupOf(one, before)}/*`);
    expect(JSON.parse(body)).toMatchObject({
      build: { buildId: expect.any(String) },
      criteria: { deployments: groups.join(', ') },
    });
  },
);

/** Names of the stages of a pipeline, templates in place. */
const stagesIn = (file: string, given: Record<string, string | boolean>) =>
  stagesOf(expanded(file, sources.pipelines.files, given)).map(({ stage }) => stage);

test('a release brings infrastructure, database and code to one environment after the other', () => {
  const of = (environment: string) => [
    `Infrastructure_${environment}`,
    `Kusto_${environment}_plan`,
    `Kusto_${environment}_apply`,
    `Code_${environment}`,
    `Verify_${environment}`,
  ];
  const all = ['int', 'ppe', 'prod'].flatMap(of);
  expect(stagesIn('release.yml', {})).toEqual(all);
  expect(stagesIn('release.yml', { infrastructure: false })).toEqual(
    all.filter((name) => !name.startsWith('Infrastructure')),
  );
  expect(stagesIn('rollback.yml', { environment: 'prod' })).toEqual(['Rollback_prod', 'Verify_prod']);
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
