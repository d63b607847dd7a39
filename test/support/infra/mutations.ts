/**
 * Mistakes that somebody may make in infra/, as changes of its sources. Each operator gives every place where it fits;
 * docs/infrastructure.md lists them.
 */
import { isObject, type Json, type JsonObject } from '../../../infra/json.ts';
import type { Environment, SettingsFile, Sources } from '../../../infra/sources.ts';

export interface Mutant {
  readonly place: string;
  readonly sources: Sources;
}

export interface Operator {
  readonly name: string;
  readonly mutants: (sources: Sources) => readonly Mutant[];
}

type Path = readonly string[];

/** Every value in JSON with its path. */
function everywhere(value: Json, path: Path = []): { readonly value: Json; readonly path: Path }[] {
  const inside = Array.isArray(value)
    ? value.flatMap((item: Json, index) => everywhere(item, [...path, `${index}`]))
    : isObject(value)
      ? Object.entries(value).flatMap(([key, item]) => everywhere(item, [...path, key]))
      : [];
  return [{ value, path }, ...inside];
}

/** The same JSON with another value at a path; undefined takes it away. */
function withValue(root: Json, path: Path, value: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value ?? null;
  if (Array.isArray(root)) {
    const items: Json[] = [...root];
    if (rest.length === 0 && value === undefined) items.splice(Number(key), 1);
    else items[Number(key)] = withValue(items[Number(key)] ?? null, rest, value);
    return items;
  }
  if (!isObject(root)) return root;
  if (rest.length === 0 && value === undefined)
    return Object.fromEntries(Object.entries(root).filter(([name]) => name !== key));
  return { ...root, [key]: withValue(root[key] ?? null, rest, value) };
}

type Change = (value: Json, path: Path, root: JsonObject) => Json | undefined | typeof unfit;
const unfit = Symbol('unfit');

/** An operator on templates. */
function onTemplates(name: string, change: Change): Operator {
  return {
    name,
    mutants: (sources) =>
      [...sources.templates].flatMap(([template, root]) =>
        changed(root, change).map(({ path, mutated }) => ({
          place: `arm/${template}.json: ${path.join('.')}`,
          sources: { ...sources, templates: new Map(sources.templates).set(template, mutated) },
        })),
      ),
  };
}

/** An operator on the files of Ev2. */
function onEv2(name: string, change: Change, files = /./): Operator {
  return {
    name,
    mutants: (sources) =>
      [...sources.ev2].flatMap(([file, root]) =>
        files.test(file)
          ? changed(root, change).map(({ path, mutated }) => ({
              place: `ev2/${file}: ${path.join('.')}`,
              sources: { ...sources, ev2: new Map(sources.ev2).set(file, mutated) },
            }))
          : [],
      ),
  };
}

function changed(root: JsonObject, change: Change): { readonly path: Path; readonly mutated: JsonObject }[] {
  return everywhere(root).flatMap(({ value, path }) => {
    const instead = change(value, path, root);
    return instead === unfit || path.length === 0
      ? []
      : [{ path, mutated: withValue(root, path, instead) as JsonObject }];
  });
}

/** An operator on the files of environments and of their regions. */
function onSettings(
  name: string,
  change: (key: string, value: string) => Record<string, string> | undefined,
): Operator {
  const changedFiles = (file: SettingsFile) =>
    Object.entries(file.settings).flatMap(([key, value]) => {
      const instead = change(key, value);
      if (!instead) return [];
      const { [key]: _own, ...others } = file.settings;
      return [{ key, settings: { ...others, ...instead } }];
    });
  return {
    name,
    mutants: (sources) =>
      [...sources.environments].flatMap(([environment, file]) => {
        const put = (own: Environment): Sources => ({
          ...sources,
          environments: new Map(sources.environments).set(environment, own),
        });
        return [
          ...changedFiles(file).map(({ key, settings }) => ({
            place: `environments/${environment}.json: ${key}`,
            sources: put({ ...file, settings }),
          })),
          ...[...file.regions].flatMap(([region, own]) =>
            changedFiles(own).map(({ key, settings }) => ({
              place: `environments/${environment}.${region}.json: ${key}`,
              sources: put({ ...file, regions: new Map(file.regions).set(region, { ...own, settings }) }),
            })),
          ),
        ];
      }),
  };
}

/** An operator on pipelines and their templates. */
function onPipelines(name: string, change: Change): Operator {
  return onPipelineFiles(name, (root) => changed(root, change));
}

/** One that renames every key of objects that stand under a name. */
function onPipelineKeys(name: string, parent: string): Operator {
  return onPipelineFiles(name, (root) =>
    everywhere(root).flatMap(({ value, path }) =>
      path.at(-1) === parent && isObject(value)
        ? Object.keys(value)
            .filter((key) => !key.startsWith('${{'))
            .map((key) => {
              const { [key]: own = null, ...others } = value;
              return {
                path: [...path, key],
                mutated: withValue(root, path, { ...others, [`${key}s`]: own }) as JsonObject,
              };
            })
        : [],
    ),
  );
}

function onPipelineFiles(name: string, change: (root: JsonObject) => ReturnType<typeof changed>): Operator {
  return {
    name,
    mutants: (sources) =>
      [...sources.pipelines.files].flatMap(([file, root]) =>
        change(root).map(({ path, mutated }) => ({
          place: `pipelines/${file}: ${path.join('.')}`,
          sources: {
            ...sources,
            pipelines: {
              ...sources.pipelines,
              files: new Map(sources.pipelines.files).set(file, mutated),
            },
          },
        })),
      ),
  };
}

/** Whether a step waits, asks a person, or starts a rollout. */
const isDecisive = (value: Json) =>
  isObject(value) && /^(?:WaitForDeployments|ManualValidation|Ev2RARollout)/.test(`${value.task}`);

const isExpression = (value: Json): value is string => typeof value === 'string' && value.startsWith('[');
const isKey = (path: Path, depth: number, ...keys: readonly string[]) => keys.includes(path.at(-depth) ?? '');
const inResources = ([first]: Path) => first === 'resources';
const isDeclaration = (path: Path, kind: string) => path.length === 2 && path[0] === kind;

export const operators: readonly Operator[] = [
  onTemplates('a parameter is not declared', (_value, path) =>
    isDeclaration(path, 'parameters') ? undefined : unfit,
  ),
  onTemplates('a parameter has no description', (_value, path) =>
    isKey(path, 1, 'metadata') ? undefined : unfit,
  ),
  onTemplates('a parameter is declared and not used', (value, path) =>
    path.length === 1 && path[0] === 'parameters' && isObject(value)
      ? { ...value, extra: { type: 'string', metadata: { description: 'Extra.' } } }
      : unfit,
  ),
  onTemplates('a variable is not declared', (_value, path) =>
    isDeclaration(path, 'variables') ? undefined : unfit,
  ),
  onTemplates('a bracket of an expression is missing', (value) =>
    isExpression(value) && value.includes(')') ? value.replace(/\)(?=[^)]*$)/, '') : unfit,
  ),
  onTemplates('the last bracket of an expression is missing', (value) =>
    isExpression(value) && value.endsWith(']') ? value.slice(0, -1) : unfit,
  ),
  onTemplates('a function is misspelled', (value) =>
    isExpression(value) ? value.replace(/(\w+)\(/, '$1s(') : unfit,
  ),
  onTemplates('a parameter is misspelled', (value) =>
    isExpression(value) && value.includes("parameters('")
      ? value.replace(/parameters\('(\w+)'/, "parameters('$1s'")
      : unfit,
  ),
  onTemplates('a property of a name is misspelled', (value) =>
    isExpression(value) && /parameters\('names'\)\.\w/.test(value)
      ? value.replace(/parameters\('names'\)\.(\w+)/, "parameters('names').$1s")
      : unfit,
  ),
  onTemplates('a place is hard-coded', (value, path) =>
    isKey(path, 1, 'location') && inResources(path) && value !== 'global' ? 'westus2' : unfit,
  ),
  onTemplates('a name is hard-coded', (_value, path) =>
    isKey(path, 1, 'name') && path.length === 3 && inResources(path) ? 'my-resource' : unfit,
  ),
  onTemplates('an API version is another one', (_value, path) =>
    isKey(path, 1, 'apiVersion') ? '2015-01-01' : unfit,
  ),
  onTemplates('a resource has another type', (_value, path) =>
    isKey(path, 1, 'type') && path.length === 3 && inResources(path) ? 'Microsoft.Other/things' : unfit,
  ),
  onTemplates('a resource is missing', (_value, path) =>
    path.length === 2 && inResources(path) ? undefined : unfit,
  ),
  onTemplates('a resource is there twice', (value, path) =>
    path.length === 1 && inResources(path) && Array.isArray(value) ? [...value, value[0] ?? null] : unfit,
  ),
  onTemplates('a property of a resource is missing', (_value, path, root) =>
    path.length > 2 && inResources(path) && isObject(at(root, path.slice(0, -1))) ? undefined : unfit,
  ),
  onTemplates('a dependency is missing', (_value, path) => (isKey(path, 2, 'dependsOn') ? undefined : unfit)),
  onTemplates('a dependency is on something else', (value, path) =>
    isKey(path, 2, 'dependsOn') && typeof value === 'string'
      ? value.replace(/'Microsoft\.(\w+)\//, "'Microsoft.$1s/")
      : unfit,
  ),
  onTemplates('a referenced resource is another one', (value, path) =>
    isExpression(value) && inResources(path) && !path.includes('dependsOn') && /resourceId\(/.test(value)
      ? value.replace(/'Microsoft\.(\w+)\//, "'Microsoft.$1s/")
      : unfit,
  ),
  onTemplates('a loop ends too early', (value, path) =>
    isKey(path, 1, 'count') && isExpression(value) ? `[sub(${value.slice(1, -1)}, 1)]` : unfit,
  ),
  onTemplates('a secret stands in the template', (value, path) =>
    path.length === 3 && inResources(path) && isKey(path, 1, 'properties') && isObject(value)
      ? { ...value, clientSecret: 'not a secret' }
      : unfit,
  ),
  onTemplates('a setting that must be safe is not', (value, path) => {
    const key = path.at(-1) ?? '';
    if (
      !/^(?:httpsOnly|allowSharedKeyAccess|allowBlobPublicAccess|allowCrossTenantReplication|supportsHttpsTrafficOnly|enableRbacAuthorization|enablePurgeProtection|enableSoftDelete|enableDiskEncryption|enforceCertificateNameCheck|scmIpSecurityRestrictionsUseMain|allow)$/.test(
        key,
      )
    )
      return unfit;
    return typeof value === 'boolean' && !(key === 'allowSharedKeyAccess' && value) ? !value : unfit;
  }),
  onTemplates('a firewall, a restriction or TLS is another one', (value, path) =>
    /^(?:minTlsVersion|scmMinTlsVersion|minimumTlsVersion|ftpsState|.*DefaultAction|action|tag|ruleType|ruleSetType|ruleSetAction|requestBodyCheck|variableName|certificateType|clientProtocol|accessKeysAuthentication|forwardingProtocol)$/.test(
      path.at(-1) ?? '',
    ) &&
    inResources(path) &&
    typeof value === 'string'
      ? 'Other'
      : unfit,
  ),
  onTemplates('an app setting is missing', (_value, path) =>
    path[0] === 'variables' &&
    ['everywhere', 'ofApps'].includes(path[1] ?? '') &&
    path.length === (path[1] === 'ofApps' ? 4 : 3)
      ? undefined
      : unfit,
  ),
  onTemplates('an app setting has a wrong value', (value, path) =>
    path[0] === 'variables' &&
    /^(?:AUTH|ENTRA_CREDENTIAL|KUSTO_AUTH|REDIS_AUTH|OTEL_LOGS_EXPORTER|D2B_WARM_UP|D2B_CACHE_SECONDS|GATES_KEY|CHANGELOG_SECRET|ENTRA_TENANTS|ENTRA_CLIENT_ID|REDIS_URL|KUSTO_CLUSTER)$/.test(
      path.at(-1) ?? '',
    ) &&
    typeof value === 'string'
      ? 'wrong value'
      : unfit,
  ),
  onTemplates('an app setting is of no service', (value, path) =>
    path[0] === 'variables' &&
    ((path[1] === 'everywhere' && path.length === 2) || (path[1] === 'ofApps' && path.length === 3)) &&
    isObject(value)
      ? { ...value, NO_SUCH_SETTING: '1' }
      : unfit,
  ),
  onTemplates('an alert tells nobody', (_value, path) =>
    isKey(path, 1, 'actions') && path.includes('properties') ? undefined : unfit,
  ),
  onTemplates('an alert has no guide', (value, path) =>
    isKey(path, 1, 'description') && typeof value === 'string' && value.includes('Guide: ')
      ? value.replace('Guide: ', '')
      : unfit,
  ),
  onSettings('a setting is missing', () => ({})),
  onSettings('a setting is misspelled', (key, value) => ({ [`${key}s`]: value })),
  onSettings('a region or environment is another one', (key) =>
    /^(?:environment|primaryRegion|location)$/.test(key) ? { [key]: 'elsewhere' } : undefined,
  ),
  onSettings('a number or truth value is a word', (key, value) =>
    /^(?:\d+|true|false)$/.test(value) ? { [key]: 'many' } : undefined,
  ),
  {
    name: 'a guide is missing',
    mutants: (sources) =>
      [...sources.guides].map((guide) => ({
        place: `docs/operations/alerts/${guide}.md`,
        sources: { ...sources, guides: new Set([...sources.guides].filter((other) => other !== guide)) },
      })),
  },
  {
    name: 'an alert is missing',
    mutants: (sources) =>
      sources.alerts.map((alert) => ({
        place: `alerts: ${alert.id}`,
        sources: { ...sources, alerts: sources.alerts.filter((other) => other !== alert) },
      })),
  },
  {
    name: 'a query reads a metric or an attribute that is not there',
    mutants: (sources) =>
      sources.alerts.flatMap((alert) =>
        [/(Name == ")([^"]*)/, /(Properties\[")([^"]*)/].flatMap((pattern) =>
          pattern.test(alert.query)
            ? [
                {
                  place: `alerts: ${alert.id}`,
                  sources: {
                    ...sources,
                    alerts: sources.alerts.map((other) =>
                      other === alert
                        ? { ...alert, query: alert.query.replace(pattern, '$1$2.other') }
                        : other,
                    ),
                  },
                },
              ]
            : [],
        ),
      ),
  },
  {
    name: 'a query reads a table that nothing fills',
    mutants: (sources) =>
      sources.alerts.flatMap((alert) => {
        const [first = ''] = alert.query.split('\n');
        return first.split(', ').map((table) => ({
          place: `alerts: ${alert.id}: ${table}`,
          sources: {
            ...sources,
            alerts: sources.alerts.map((other) =>
              other === alert ? { ...alert, query: alert.query.replace(table, `${table}s`) } : other,
            ),
          },
        }));
      }),
  },
  {
    name: 'a name, an address, a role or an API version is not in its table',
    mutants: (sources) => {
      const without = <T>(table: Readonly<Record<string, T>>, key: string) =>
        Object.fromEntries(Object.entries(table).filter(([other]) => other !== key));
      const { naming, roles, apiVersions } = sources;
      return [
        ...Object.keys(naming.names).map((key) => ({
          place: `naming.json: names.${key}`,
          sources: { ...sources, naming: { ...naming, names: without(naming.names, key) } },
        })),
        ...Object.keys(naming.hosts).map((key) => ({
          place: `naming.json: hosts.${key}`,
          sources: { ...sources, naming: { ...naming, hosts: without(naming.hosts, key) } },
        })),
        ...Object.keys(naming.regions).map((key) => ({
          place: `naming.json: regions.${key}`,
          sources: { ...sources, naming: { ...naming, regions: without(naming.regions, key) } },
        })),
        ...Object.keys(roles).map((key) => ({
          place: `roles.json: ${key}`,
          sources: { ...sources, roles: without(roles, key) },
        })),
        ...Object.keys(apiVersions).map((key) => ({
          place: `api-versions.json: ${key}`,
          sources: { ...sources, apiVersions: without(apiVersions, key) },
        })),
      ];
    },
  },
  {
    name: 'a name does not keep the rules of Azure',
    mutants: (sources) =>
      [
        'cluster',
        'hookAccount',
        'hostAccount',
        'keyVault',
        'app',
        'plan',
        'sharedPlan',
        'redis',
        'endpoint',
        'firewall',
        'workspace',
        'identity',
        'followerCluster',
      ].map((key) => ({
        place: `naming.json: names.${key}`,
        sources: {
          ...sources,
          naming: {
            ...sources.naming,
            names: { ...sources.naming.names, [key]: `${sources.naming.names[key]}_${'x'.repeat(130)}!` },
          },
        },
      })),
  },
  onEv2(
    'a binding is missing',
    (_value, path) => (path.length === 4 && isKey(path, 2, 'bindings') ? undefined : unfit),
    /ScopeBindings/,
  ),
  onEv2('a binding reads a setting that is not there', (value, path) =>
    isKey(path, 1, 'replaceWith') && typeof value === 'string'
      ? value.replace(/config\((\w+)\)/, 'config($1s)').replace('buildVersion', 'buildNumber')
      : unfit,
  ),
  onEv2('a placeholder is misspelled', (value, path) =>
    typeof value === 'string' && /__[A-Z_]+__/.test(value) && !isKey(path, 1, 'find')
      ? value.replace(/__([A-Z_]+?)__/, '__$1S__')
      : unfit,
  ),
  onEv2('a word that nothing fills', (value) =>
    typeof value === 'string' && /\{\w+\}/.test(value) ? value.replace(/\{(\w+)\}/, '{$1s}') : unfit,
  ),
  onEv2('a path leads nowhere', (value, path) =>
    /^(?:templatePath|parametersPath|rolloutParametersPath|serviceModelPath|scopeBindingsPath|specPath|path)$/.test(
      path.at(-1) ?? '',
    ) && typeof value === 'string'
      ? `${value}.missing`
      : unfit,
  ),
  onEv2('a step has another target', (value, path) => (isKey(path, 1, 'targetName') ? `${value}s` : unfit)),
  onEv2('a step has another action', (value, path) => (isKey(path, 2, 'actions') ? `${value}s` : unfit)),
  onEv2('a step is missing', (_value, path) =>
    path.length === 2 && path[0] === 'orchestratedSteps' ? undefined : unfit,
  ),
  onEv2('a step waits for what is no step', (value, path) =>
    isKey(path, 2, 'dependsOn') ? `${value}s` : unfit,
  ),
  onEv2('a step does not wait', (_value, path) => (isKey(path, 2, 'dependsOn') ? undefined : unfit)),
  onEv2('a definition is missing', (_value, path) =>
    isKey(path, 2, 'serviceResourceDefinitions') ? undefined : unfit,
  ),
  onEv2('a group is deployed at another level', (value, path) =>
    isKey(path, 1, 'level') ? (value === 'Cloud' ? 'Region' : 'Cloud') : unfit,
  ),
  onEv2('a group is another one', (value, path) =>
    isKey(path, 1, 'azureResourceGroupName') ? `${value}-other` : unfit,
  ),
  onEv2('a group has no scope tag', (_value, path) => (isKey(path, 2, 'scopeTags') ? undefined : unfit)),
  onEv2(
    'a region is in no stage',
    (_value, path) => (isKey(path, 2, 'regions') ? undefined : unfit),
    /StageMaps/,
  ),
  onEv2(
    'a stage is missing',
    (_value, path) => (path.length === 2 && path[0] === 'stages' ? undefined : unfit),
    /StageMaps/,
  ),
  onEv2('a stage has another place', (value, path) =>
    isKey(path, 1, 'sequence') && typeof value === 'number' ? value + 7 : unfit,
  ),
  onEv2(
    'a stage does not bake',
    (_value, path) => (isKey(path, 1, 'validation') ? undefined : unfit),
    /StageMaps/,
  ),
  onEv2('a stage is promoted by another rule', (value, path) => (isKey(path, 1, 'manual') ? !value : unfit)),
  onEv2('a script is another one', (value, path) =>
    typeof value === 'string' && isKey(path, 2, 'command') && value.endsWith('.sh')
      ? `other-${value}`
      : unfit,
  ),
  onEv2('a variable of a script is missing', (_value, path) =>
    isKey(path, 2, 'environmentVariables') ? undefined : unfit,
  ),
  onPipelines('a task is another one', (value, path) =>
    isKey(path, 1, 'task') ? `${value}`.replace('@', 's@') : unfit,
  ),
  onPipelineKeys('an input of a task is misspelled', 'inputs'),
  onPipelineKeys('a parameter of a template is misspelled', 'parameters'),
  onPipelines('a parameter of a template is missing', (_value, path) =>
    isKey(path, 2, 'parameters') && !/^\d+$/.test(path.at(-1) ?? '') ? undefined : unfit,
  ),
  onPipelines('a parameter of a pipeline is not declared', (_value, path) =>
    isKey(path, 2, 'parameters') && /^\d+$/.test(path.at(-1) ?? '') ? undefined : unfit,
  ),
  onPipelines('a parameter is misspelled where it is read', (value) =>
    typeof value === 'string' && value.includes('parameters.')
      ? value.replace(/parameters\.(\w+)/, 'parameters.$1s')
      : unfit,
  ),
  onPipelines('a template is another one', (value, path) =>
    isKey(path, 1, 'template') ? `other-${value}` : unfit,
  ),
  onPipelines('a variable is misspelled', (value) =>
    typeof value === 'string' && /\$\([A-Za-z][\w.]*\)/.test(value)
      ? value.replace(/\$\(([A-Za-z][\w.]*)\)/, '$($1s)')
      : unfit,
  ),
  onPipelines('a group of variables is another one', (value, path) =>
    isKey(path, 1, 'group') ? `${value}s` : unfit,
  ),
  onPipelines('an npm script is another one', (value) =>
    typeof value === 'string' && value.includes('npm run ')
      ? value.replace(/npm run ([a-z]+)/, 'npm run $1s')
      : unfit,
  ),
  onPipelines('a file is another one', (value, path) =>
    typeof value === 'string' && isKey(path, 1, 'scriptPath', 'loadTestConfigFile')
      ? `${value}.missing`
      : unfit,
  ),
  onPipelines('nothing waits for another stage or job', (_value, path) =>
    isKey(path, 1, 'dependsOn') && !path.includes('default') ? undefined : unfit,
  ),
  onPipelines('one of several stages is not waited for', (_value, path) =>
    isKey(path, 2, 'dependsOn') && /^\d+$/.test(path.at(-1) ?? '') ? undefined : unfit,
  ),
  onPipelines('something else is waited for', (value, path) =>
    (isKey(path, 1, 'dependsOn') || isKey(path, 2, 'dependsOn')) && typeof value === 'string'
      ? `${value}s`
      : unfit,
  ),
  onPipelines('a pipeline stage is missing', (_value, path) =>
    isKey(path, 2, 'stages') ? undefined : unfit,
  ),
  onPipelines('a job is missing', (_value, path) => (isKey(path, 2, 'jobs') ? undefined : unfit)),
  onPipelines('a wait, an approval or the start of a rollout is missing', (value, path) =>
    isKey(path, 2, 'steps') && isDecisive(value) ? undefined : unfit,
  ),
  onPipelines('a deployment has no environment', (_value, path, root) =>
    isKey(path, 1, 'environment') && isDeployment(root, path) ? undefined : unfit,
  ),
  onPipelines('a wait has no time of its own', (_value, path, root) =>
    isKey(path, 1, 'timeoutInMinutes') && waitsIn(at(root, path.slice(0, -1))) ? undefined : unfit,
  ),
  onPipelines('a wait is for something else, or for less', (value, path) => {
    if (isKey(path, 1, 'deployments', 'serviceGroup') && typeof value === 'string') return `Other.${value}`;
    if (isKey(path, 1, 'entities', 'minimumEntities', 'waitMinutes')) return 7;
    return isKey(path, 1, 'waitTimeout') && typeof value === 'string' ? '100h' : unfit;
  }),
  onPipelines('the last wait ends without an outcome', (value, path) =>
    isKey(path, 1, 'onTimeout') && value === 'fail' ? 'warn' : unfit,
  ),
  onPipelines('a rollout, an environment or a connection is another one', (value, path) => {
    if (typeof value !== 'string' || isKey(path, 1, 'name')) return unfit;
    if (isKey(path, 1, 'rollout')) return value === 'Code' ? 'Rollback' : 'Code';
    if (isKey(path, 1, 'environment') && ['int', 'ppe', 'prod'].includes(value))
      return value === 'int' ? 'ppe' : 'int';
    return isKey(path, 1, 'ev2Connection', 'azureConnection', 'cluster') && /int|ppe|prod/.test(value)
      ? value.replace(/int|ppe|prod/, (own) => (own === 'int' ? 'ppe' : 'int'))
      : unfit;
  }),
];

function at(root: Json, path: Path): Json {
  const [key, ...rest] = path;
  if (key === undefined) return root;
  return at((root as Readonly<Record<string, Json>>)[key] ?? null, rest);
}

function isDeployment(root: Json, path: Path): boolean {
  const owner = at(root, path.slice(0, -1));
  return isObject(owner) && 'deployment' in owner;
}

function waitsIn(job: Json): boolean {
  return isObject(job) && Array.isArray(job.steps) && job.steps.some(isDecisive);
}
