import fc from 'fast-check';
import {
  type ParameterReading,
  readBuildKey,
  readDeploymentKey,
  readPayloadKey,
} from '../../api/parameters.ts';

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
      project,
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
    ['expressv2', `/${rollout}`],
    ['expressv2', `ContainerApps/${rollout}/1`],
    ['expressv2', `not-a-guid/ContainerApps/${rollout}`],
    ['expressv2', `Container"Apps/${rollout}`],
    ['expressv2', ` ContainerApps/${rollout}`],
    ['expressv2', `${'a'.repeat(500)}/${rollout}`],
    ['azdeployer', '-5'],
    ['azdeployer', '1.5'],
    ['azdeployer', '9223372036854775808'],
    ['azdeployer', `ContainerApps/${rollout}`],
    ['pilotfish', `20240213-171812-${'0a'.repeat(19)}_17`],
    ['pilotfish', `20240213-171812-${'0g'.repeat(20)}_17`],
    ['azurepipelines', 'fabrikam/web/480/Deploy'],
    ['azurepipelines', `fabrikam/${tree}/Deploy`],
    ['azurepipelines', `fabrikam/${tree}/0/Deploy`],
    ['azurepipelines', `fabrikam/${tree}/480/`],
  ])('refuse of %s the id %s', (source, id) => {
    expect(targets(readDeploymentKey(deployment(source, id)))).toEqual(['deploymentId']);
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

  it('say what an id of that source looks like', () => {
    expect(firstMessage(readDeploymentKey(deployment('azdeployer', 'x')))).toBe(
      'deploymentId is not valid; it must be a number of up to 18 digits.',
    );
  });
});

describe('parameters of a payload', () => {
  it.each([
    ['expressv2', `${tree.toUpperCase()}/ContainerApps=1.2.1450.0`, `${tree}/containerapps=1.2.1450.0`],
    ['expressv2', `${tree}/Group=Build=1`, `${tree}/group=build=1`],
    ['azdeployer', 'Template;Branch/x;1.2.3', 'template;branch/x;1.2.3'],
    ['azdeployer', 'Template;Branch;1.2.3;more', 'template;branch;1.2.3;more'],
    ['pilotfish', 'Component=Label_1', 'component=label_1'],
    ['pilotfish', 'Label_1', 'label_1'],
    ['azurepipelines', 'Web App=20240102.1', 'web app=20240102.1'],
  ])('standardise of %s the payload %s', (source, text, standard) => {
    expect(valuesOf(readPayloadKey(payload(source, text)))).toEqual({
      source,
      payload: standard,
    });
  });

  it.each([
    ['expressv2', 'containerapps=1.2.1450.0'],
    ['expressv2', `${tree}/containerapps`],
    ['expressv2', `${tree}/=1`],
    ['expressv2', `${tree}/a='1'`],
    ['azdeployer', 'template;branch'],
    ['azdeployer', ';branch;version'],
    ['azdeployer', 'template;;version'],
    ['pilotfish', 'a=b=c'],
    ['pilotfish', '=b'],
    ['pilotfish', 'a b'],
    ['pilotfish', 'a'.repeat(1025)],
    ['azurepipelines', 'web-app'],
    ['azurepipelines', '=20240102.1'],
  ])('refuse of %s the payload %s', (source, text) => {
    expect(targets(readPayloadKey(payload(source, text)))).toEqual(['payload']);
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
