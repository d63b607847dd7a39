import fc from 'fast-check';
import { readBuildKey, readDeploymentKey, readPayloadKey } from '../../api/parameters.ts';
import type { ParameterReading } from '../../api/query.ts';

const rollout = '0220d503-93eb-4d5a-8ebd-5f45dbda5d75';
const tree = 'df36aee8-c644-400b-a0ab-fd0f1191211d';
const project = 'b32aa71e-8ed2-41b2-9d77-5bc261222004';

const build = (changes: Record<string, string> = {}): string =>
  String(
    new URLSearchParams({
      adoOrganizationName: 'msazure',
      adoProjectId: project,
      adoBuildId: '85084651',
      ...changes,
    }),
  );
const deployment = (deploymentSource: string, deploymentId: string): string =>
  String(new URLSearchParams({ deploymentSource, deploymentId }));
const payload = (deploymentSource: string, text: string): string =>
  String(new URLSearchParams({ deploymentSource, payload: text }));

function valuesOf<T>(reading: ParameterReading<T>): T {
  if (!reading.ok) throw new Error(reading.mistakes.map(({ message }) => message).join(' '));
  return reading.values;
}
const targets = (reading: ParameterReading<unknown>): string[] =>
  reading.ok ? [] : reading.mistakes.map(({ target }) => target);
const firstMessage = (reading: ParameterReading<unknown>): string =>
  reading.ok ? '' : (reading.mistakes[0]?.message ?? '');

describe('parameters of a build', () => {
  it('are read whatever the case of their names', () => {
    const query = `ADOORGANIZATIONNAME=MsAzure&adoprojectid=${project.toUpperCase()}&AdoBuildId=85084651`;
    expect(valuesOf(readBuildKey(query))).toEqual({
      organization: 'MsAzure',
      project: project.toUpperCase(),
      buildId: 85084651,
    });
  });

  it('may stand beside parameters that nobody knows, even broken ones', () => {
    expect(readBuildKey(`${build()}&utm=1&utm=2&other=%FF&%FF=1&&=`).ok).toBe(true);
  });

  it('are all reported when all are wrong', () => {
    expect(targets(readBuildKey('adoBuildId=0'))).toEqual([
      'adoOrganizationName',
      'adoProjectId',
      'adoBuildId',
    ]);
  });

  it.each([
    ['is missing', ''],
    ['is empty', 'adoBuildId='],
    ['is empty', 'adoBuildId'],
    ['is given more than once', 'adoBuildId=1&ADOBUILDID=1'],
    ['is not valid percent-encoded UTF-8', 'adoBuildId=%C3%28'],
    ['is not valid percent-encoded UTF-8', 'adoBuildId=1%'],
    ['is longer than 10 characters', 'adoBuildId=12345678901'],
    ['contains control characters', 'adoBuildId=1%00'],
    ['is not valid', 'adoBuildId=1.5'],
  ])('say which parameter %s', (problem, query) => {
    const reading = readBuildKey(`adoOrganizationName=msazure&adoProjectId=${project}&${query}`);
    expect(firstMessage(reading)).toBe(
      `adoBuildId ${problem}; it must be a whole number from 1 to 2147483647, in digits without sign or leading zeros.`,
    );
  });

  it.each(['1', '2147483647'])('accept build %s', (adoBuildId) => {
    expect(valuesOf(readBuildKey(build({ adoBuildId }))).buildId).toBe(Number(adoBuildId));
  });

  it.each([
    '0',
    '-1',
    '+1',
    '1.0',
    '1e3',
    '0x10',
    '01',
    ' 1',
    '1 ',
    '2147483648',
    '9223372036854775808',
    '١',
    'NaN',
  ])('refuse build %s', (adoBuildId) => {
    expect(targets(readBuildKey(build({ adoBuildId })))).toEqual(['adoBuildId']);
  });

  it.each([
    'devops.example.cn/NewSoftCollection',
    'tfs.example.com:8080/tfs/My Team_1',
    'server/größte Sammlung',
    '[::1]:8080/main',
  ])('accept the collection of a server: %s', (adoOrganizationName) => {
    expect(readBuildKey(build({ adoOrganizationName }))).toMatchObject({
      ok: true,
      values: { organization: adoOrganizationName },
    });
  });

  it.each([
    'https://devops.example.cn/main',
    'devops.example.cn/',
    '/main',
    'devops.example.cn//main',
    'devops.example.cn/a%20b',
    "devops.example.cn/x'y",
    `devops.example.cn/${'x'.repeat(65)}`,
    `devops.example.cn${'/x'.repeat(100)}`,
    '-msazure',
    'msazure-',
    'ms azure',
    'ms_azure',
    'ms.azure',
    'münchen',
    'a'.repeat(51),
    "a' or 1==1",
    'a|take 1',
  ])('refuse organization %s', (adoOrganizationName) => {
    expect(targets(readBuildKey(build({ adoOrganizationName })))).toEqual(['adoOrganizationName']);
  });

  it.each([
    project.replaceAll('-', ''),
    `{${project}}`,
    project.slice(1),
    `${project}0`,
    project.replace('b', 'g'),
  ])('refuse project %s', (adoProjectId) => {
    expect(targets(readBuildKey(build({ adoProjectId })))).toEqual(['adoProjectId']);
  });

  it('never repeat what was sent', () => {
    const reading = readBuildKey(build({ adoOrganizationName: '<script>' }));
    expect(JSON.stringify(reading)).not.toContain('script');
  });
});

describe('parameters of a deployment', () => {
  it.each([
    ['expressv2', `ContainerApps/${rollout}`],
    ['expressv2', `Microsoft.Azure.Some Service_1/${rollout.toUpperCase()}`],
    ['expressv2', `${tree}/ContainerApps/${rollout}`],
    ['azdeployer', '1234567'],
    ['pilotfish', `20240213-171812-${'0a'.repeat(20)}_17`],
    ['pilotfish', '1234567'],
    ['azurepipelines', `fabrikam/${tree}/480/Deploy_prod`],
    ['azurepipelines', `fabrikam/${tree}/release-12/Pre production`],
    ['azurepipelines', `tfs.example.com:8080/tfs/my team_1/${tree}/480/Deploy`],
  ])('accept of %s the id %s and keep it as it is', (source, id) => {
    expect(valuesOf(readDeploymentKey(deployment(source, id)))).toEqual({
      source,
      id,
    });
  });

  it.each([
    ['expressv2', rollout],
    ['expressv2', `${tree}/a/b/${rollout}`],
    ['expressv2', `Container"Apps'<|>\\/${rollout}`],
    ['azdeployer', 'Rollout 7; drop table'],
    ['pilotfish', ' with blanks at both ends '],
    ['pilotfish', '\u{1f600}'.repeat(512)],
    ['azurepipelines', `fabrikam/${tree}/480/Deploy\u0000\u0085\n`],
  ])('accept whatever else %s may call one: %j', (source, id) => {
    expect(valuesOf(readDeploymentKey(deployment(source, id)))).toEqual({ source, id });
  });

  it.each([
    ['is empty', ''],
    ['is longer than 512 characters', `${'a'.repeat(500)}/${rollout}`],
    ['is longer than 512 characters', '\u{1f600}'.repeat(513)],
  ])('refuse an id that %s', (problem, id) => {
    expect(firstMessage(readDeploymentKey(deployment('azdeployer', id)))).toBe(
      `deploymentId ${problem}; it must be the id of a deployment, of at most 512 characters; it usually is a number.`,
    );
  });

  it('do not distinguish case in the source', () => {
    const { source } = valuesOf(readDeploymentKey(deployment('AzDeployer', '5')));
    expect(source).toBe('azdeployer');
  });

  it('say which sources there are', () => {
    expect(firstMessage(readDeploymentKey(deployment('argo', '5')))).toBe(
      'deploymentSource is not valid; it must be one of expressv2, azdeployer, pilotfish, azurepipelines.',
    );
  });
});

describe('parameters of a payload', () => {
  it.each([
    ['expressv2', `${tree.toUpperCase()}/ContainerApps=1.2.1450.0`],
    ['expressv2', `${tree}/Group=Build=1`],
    ['expressv2', 'containerapps'],
    ['azdeployer', 'Template;Branch/x;1.2.3'],
    ['azdeployer', 'Template;Branch;1.2.3;more'],
    ['azdeployer', 'Template;Branch'],
    ['azdeployer', '<script>;;'],
    ['pilotfish', 'Component=Label_1'],
    ['pilotfish', 'Component=a=b'],
    ['pilotfish', `it's "quoted" | take 1\\`],
    ['azurepipelines', 'Web App=20240102.1 '],
    ['azurepipelines', 'web-app\u001b'],
  ])('accept of %s the payload %j, and keep it as it is', (source, text) => {
    expect(valuesOf(readPayloadKey(payload(source, text)))).toEqual({ source, payload: text });
  });

  it.each([
    ['is empty', ''],
    ['is longer than 1024 characters', 'a'.repeat(1025)],
  ])('refuse a payload that %s', (problem, text) => {
    expect(firstMessage(readPayloadKey(payload('azdeployer', text)))).toBe(
      `payload ${problem}; it must be a payload, of at most 1,024 characters; it usually is {DeploymentTemplate};{BuildBranch};{BuildVersion}.`,
    );
  });
});

describe('any query string', () => {
  it('gives values or mistakes that name a parameter, and never throws', () => {
    const raw = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webQueryParameters(),
      fc.string().map((s) => build({ adoBuildId: s })),
    );
    fc.assert(
      fc.property(raw, (query) => {
        for (const read of [readBuildKey, readDeploymentKey, readPayloadKey]) {
          const reading = read(query);
          if (!reading.ok) expect(reading.mistakes.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
