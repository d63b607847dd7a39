/** `npm run infra`: what it prints, and that all of infra/ is right. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openApiDocument } from '../../api/openapi/document.ts';
import { metrics } from '../../backend/telemetry/metrics.ts';
import { eventTables } from '../../changelog/events/catalogue.ts';
import { check, problemsIn } from '../../infra/check/check.ts';
import { runInfra } from '../../infra/index.ts';
import { isObject, type Json } from '../../infra/json.ts';
import { Memo } from '../../infra/memo.ts';
import { renderTarget } from '../../infra/render.ts';
import { loadSources, type Sources } from '../../infra/sources.ts';

/** What a command line prints, and its exit code. */
function run(...given: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = runInfra(given, { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test('check finds nothing', () => {
  const { code, out } = run('check');
  expect(out).toMatch(/^ok: \d+ templates for 9 regions of 3 environments/);
  expect(code).toBe(0);
});

interface Printed {
  readonly deployment: string;
  readonly resourceGroup: string;
  readonly resources: readonly { readonly type: string; readonly name: string; readonly properties: Json }[];
}

test('render shows the whole result for a region', () => {
  const { code, out } = run('render', '--env', 'prod', '--region', 'eastus2');
  const printed: readonly Printed[] = JSON.parse(out);
  expect(code).toBe(0);
  expect(printed.map(({ deployment }) => deployment)).toEqual(
    [...new Set(loadSources().templates.keys())].sort(
      (one, other) =>
        printed.findIndex(({ deployment }) => deployment === one) -
        printed.findIndex(({ deployment }) => deployment === other),
    ),
  );
  expect(printed.find(({ deployment }) => deployment === 'apps')?.resourceGroup).toBe('dpl-prod-eus2');
  const resources = printed.flatMap((one) => one.resources);
  const settings = resources.find(({ name }) => name === 'dpl-prod-eus2-b2d/staging/appsettings')?.properties;
  expect(settings).toMatchObject({
    KUSTO_CLUSTER: 'https://dplprodeus2ro.eastus2.kusto.windows.net',
    KUSTO_DATABASE: 'deployments',
    REDIS_URL: 'rediss://dpl-prod-eus2.eastus2.redis.azure.net:10000',
  });
  expect(JSON.stringify(printed)).not.toMatch(/\[parameters\(|\[variables\(|copyIndex\(/);
});

const sources = loadSources();
// What one check has found out, the next ones know.
const memo = new Memo();

/** Whether a check says something; it goes no further than that. */
function isFound(changed: Sources, message: string): boolean {
  for (const problem of problemsIn(changed, memo)) if (problem.message.includes(message)) return true;
  return false;
}

/** The sources with other settings in every environment. */
function withSettings(settings: Readonly<Record<string, string>>): Sources {
  const environments = [...sources.environments].map(
    ([name, file]) => [name, { ...file, settings: { ...file.settings, ...settings } }] as const,
  );
  return { ...sources, environments: new Map(environments) };
}

test('without a domain of its own a service is right too, and routes have that of the endpoint alone', () => {
  const changed = withSettings({ customDomain: '' });
  expect(check(changed, memo)).toEqual([]);
  const target = { environment: 'int', region: 'westus2' };
  const [own, none] = [sources, changed].map((one) =>
    renderTarget(one, target).flatMap(({ resources }) => resources.filter(({ isDeployed }) => isDeployed)),
  );
  const domains = (resources: typeof own) =>
    resources?.filter(({ type }) => type === 'Microsoft.Cdn/profiles/customDomains').length;
  expect([domains(own), domains(none)]).toEqual([1, 0]);
  const id = 'dpl-int-front-door/customDomains/service';
  const naming = (resources: typeof own) =>
    resources
      ?.filter(({ body }) => JSON.stringify(body.properties ?? null).includes(id))
      .map(({ type }) => type);
  expect(new Set(naming(own))).toEqual(
    new Set(['Microsoft.Cdn/profiles/securityPolicies', 'Microsoft.Cdn/profiles/afdEndpoints/routes']),
  );
  expect(naming(none)).toEqual([]);
});

test.each([
  [{ customDomain: 'other.example.com' }, 'serviceUrl must be https://other.example.com, the customDomain'],
  [{ serviceUrl: 'http://x', customDomain: '' }, 'serviceUrl must be https and a host'],
  [{ optionalSecrets: 'gates-key' }, 'optionalSecrets names gates-key, which is not an optional secret'],
  [{ extensionId: '' }, 'EXTENSION_KEY'],
])('settings %j are wrong: %s', (settings, message) => {
  expect(isFound(withSettings(settings), message)).toBe(true);
});

test.each([
  ['', []],
  ['changelog-secret-previous', ['CHANGELOG_SECRET_PREVIOUS']],
  ['extension-key,changelog-organization-secrets', ['CHANGELOG_ORGANIZATION_SECRETS', 'EXTENSION_KEY']],
])('secrets %j are read from the key vault of the region: %j', (optionalSecrets, expected) => {
  const settings = renderTarget(withSettings({ optionalSecrets }), { environment: 'prod', region: 'eastus2' })
    .flatMap(({ resources }) => resources)
    .find(({ name }) => name === 'dpl-prod-eus2-changelog/staging/appsettings')?.body.properties;
  const secrets = Object.entries(isObject(settings) ? settings : {}).filter(([, value]) =>
    `${value}`.startsWith('@Microsoft.KeyVault(VaultName=dpl-prod-eus2;SecretName='),
  );
  expect(secrets.map(([name]) => name).sort()).toEqual(['CHANGELOG_SECRET', ...expected].sort());
});

test('Front Door routes every path of the contract to the app that serves it, and no other path', () => {
  const [traffic] = renderTarget(sources, { environment: 'int', region: 'westus2' }).filter(
    ({ name }) => name === 'traffic',
  );
  const routes = (traffic?.resources ?? []).flatMap(({ type, body }) => {
    const { patternsToMatch, originGroup, originPath } = isObject(body.properties) ? body.properties : {};
    if (!type.endsWith('/routes') || originPath !== undefined || !isObject(originGroup)) return [];
    return (patternsToMatch as readonly string[]).map((pattern) => ({
      pattern,
      app: `${originGroup.id}`.split('/').at(-1),
    }));
  });
  const { paths } = openApiDocument('0') as { paths: object };
  const appOf = (asked: string) =>
    routes
      .filter(({ pattern }) => new RegExp(`^${pattern.replace('*', '.*')}$`).test(asked))
      .map(({ app }) => app);
  const asked = [
    ...Object.keys(paths).filter((one) => !one.startsWith('/health/')),
    '/docs',
    '/openapi.json',
  ];
  const expected = (one: string): string => {
    const [, first = ''] = one.split('/');
    if (first === 'hooks') return 'changelog';
    return ['docs', 'openapi.json'].includes(first) ? 'introspection' : first;
  };
  for (const one of asked) expect([one, appOf(one)]).toEqual([one, [expected(one)]]);
  for (const { pattern } of routes)
    expect([pattern, asked.some((one) => one.startsWith(pattern.replace('/*', '')))]).toEqual([
      pattern,
      true,
    ]);
});

test('a region without a follower has no cluster of its own, and --only shows one deployment', () => {
  const { out } = run('render', '--env', 'prod', '--region', 'westus2', '--only', 'region');
  const printed: readonly Printed[] = JSON.parse(out);
  expect(printed).toHaveLength(1);
  expect(printed[0]?.resources.map(({ type }) => type)).not.toContain('Microsoft.Kusto/clusters');
});

test('diff shows what differs between two environments, names apart', () => {
  const { code, out } = run('diff', '--env', 'ppe', '--region', 'eastus2', '--with', 'prod');
  expect(code).toBe(0);
  expect(out).toContain(
    'Microsoft.Web/sites <region>-b2d.properties.siteConfig.minimumElasticInstanceCount\n  - 1\n  + 3',
  );
  expect(out).not.toMatch(/dpl-ppe|dpl-prod|dplppe|dplprod/);
});

test('diff of a place with itself finds nothing, and one with another region what only one has', () => {
  expect(run('diff', '--env', 'prod', '--region', 'eastus2', '--with', 'prod').out).toBe('0 differences');
  const { out } = run('diff', '--env', 'ppe', '--region', 'eastus2', '--with', 'ppe.westus2');
  expect(out).toContain('region Microsoft.Kusto/clusters <region>ro\n  - "deployed"\n  + (none)');
});

test.each([
  [[], 'A command is missing'],
  [['paint'], 'There is no command paint'],
  [['render'], '--env and --region are needed'],
  [['render', '--env', 'x', '--region', 'y'], 'There is no environment x: choose one of int, ppe, prod'],
  [['render', '--env', 'int', '--region', 'y'], 'int has no region y: choose one of westus2'],
  [['render', '--env', 'int', '--region', 'westus2', '--only', 'x'], 'There is no deployment x'],
  [['diff', '--env', 'int', '--region', 'westus2'], '--with is needed'],
  [['check', 'x'], 'There is no argument x'],
  [['check', '--colour'], "Unknown option '--colour'"],
])('%j is refused: %s', (given, message) => {
  const { code, err } = run(...given);
  expect(err).toContain(message);
  expect(err).toContain('Usage: npm run infra');
  expect(code).toBe(2);
});

test('--help says what there is', () => {
  expect(run('--help')).toMatchObject({
    code: 0,
    out: expect.stringContaining('render --env ENV --region REGION'),
  });
});

test('with schemas, check names a property that a schema does not have, and types without a schema', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'schemas-'));
  mkdirSync(path.join(folder, 'schemas/2022-12-01'), { recursive: true });
  const expression = {
    $ref: 'https://schema.management.azure.com/schemas/common/definitions.json#/definitions/expression',
  };
  mkdirSync(path.join(folder, 'schemas/common'));
  writeFileSync(
    path.join(folder, 'schemas/common/definitions.json'),
    JSON.stringify({ id: 'x', definitions: { expression: { type: 'string', pattern: '^\\[' } } }),
  );
  const properties = (names: Json) => ({
    id: 'y',
    $schema: 'http://json-schema.org/draft-04/schema#',
    resourceDefinitions: {
      loadTests: {
        type: 'object',
        properties: {
          properties: {
            oneOf: [{ type: 'object', additionalProperties: false, properties: names }, expression],
          },
        },
      },
    },
  });
  const file = path.join(folder, 'schemas/2022-12-01/Microsoft.LoadTestService.json');
  writeFileSync(file, JSON.stringify(properties({ description: { type: 'string' } })));
  const right = run('check', '--schemas', folder);
  expect(right.code).toBe(1);
  expect(right.out).not.toContain('LoadTestService/loadTests 2022-12-01');
  expect(right.out).toContain('there is no schema of Microsoft.Insights/components 2020-02-02');
  writeFileSync(file, JSON.stringify(properties({ other: { type: 'string' } })));
  expect(run('check', '--schemas', folder).out).toContain(
    'arm/load-test.json: resources[0] (dpl-int-load): /properties must NOT have additional properties "description"',
  );
});

test('every metric has an alert, and every alert a guide that shows its query', () => {
  const { alerts, guides } = loadSources();
  expect(new Set(alerts.flatMap(({ metric }) => metric ?? []))).toEqual(new Set(Object.keys(metrics)));
  expect(alerts.filter(({ id }) => !guides.has(id))).toEqual([]);
});

test('rules over logs are told to somebody, and hold the query of the alert', () => {
  const { out } = run('render', '--env', 'int', '--region', 'westus2', '--only', 'alerts');
  const [printed]: readonly Printed[] = JSON.parse(out);
  const rule = printed?.resources.find(({ name }) => name === 'dpl-int-job-lag');
  expect(rule?.properties).toMatchObject({
    severity: 2,
    windowSize: 'PT10M',
    criteria: { allOf: [{ query: expect.stringContaining('Name == "deployments.job.lag"'), threshold: 0 }] },
  });
  // A rule that asks our database may read it.
  const viewers = printed?.resources.filter(({ type }) => type.endsWith('/principalAssignments'));
  expect(viewers).toMatchObject([
    {
      name: 'dplintwus2/deployments/hooks-silent-alert-viewer',
      properties: {
        role: 'Viewer',
        principalId: expect.stringMatching(/hooks-silent.*identity\.principalId/),
      },
    },
  ]);
  const silent = printed?.resources.find(({ name }) => name === 'dpl-int-hooks-silent')?.properties;
  expect(isObject(silent) && JSON.stringify(silent.criteria)).toContain(
    eventTables
      .map((table) => `adx(\\"https://dplintwus2.westus2.kusto.windows.net/deployments\\").${table}`)
      .join(', '),
  );
});
