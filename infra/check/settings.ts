/** The environments: every one has the same settings, each is used, and regions are those of the naming convention. */
import { allTargets, computedParameters, deployments, settingsOf } from '../deployments.ts';
import { isObject } from '../json.ts';
import { secretKinds } from '../secrets/kinds.ts';
import type { Environment, Sources } from '../sources.ts';
import type { Problem } from './problem.ts';
import { shapedTypes } from './shapes.ts';

/** Used by names, places and groups of deployments, not as parameters. */
const usedByItself = [
  'prefix',
  'environment',
  'primaryRegion',
  'location',
  'subscriptionId',
  'tenantId',
  'sourcesGroup',
  'subscriptionKey',
  'serviceTreeId',
  'rolloutIdentity',
  'packageVersion',
];

/** Checks all environments. */
export function checkSettings(sources: Sources): Problem[] {
  return [
    ...[...sources.environments].flatMap(([name, environment]) =>
      environmentProblems(name, environment, sources),
    ),
    ...unusedProblems(sources),
    ...sameProblems(sources),
    ...tableProblems(sources),
    ...addressProblems(sources),
    ...secretProblems(sources),
  ];
}

/** Callers use the domain of one's own where there is one. */
function addressProblems({ environments }: Sources): Problem[] {
  return [...environments].flatMap(([name, { settings }]) => {
    const { serviceUrl = '', customDomain = '' } = settings;
    const place = `environments/${name}.json`;
    if (!/^https:\/\/[a-z0-9.-]+$/.test(serviceUrl))
      return [{ place, message: 'serviceUrl must be https and a host' }];
    return customDomain === '' || serviceUrl === `https://${customDomain}`
      ? []
      : [{ place, message: `serviceUrl must be https://${customDomain}, the customDomain` }];
  });
}

/** Secrets of the key vaults are those that a template reads, and npm run infra -- secret sets. */
function secretProblems({ environments, templates }: Sources): Problem[] {
  const read = [...JSON.stringify([...templates.values()]).matchAll(/SecretName=([\w-]+)/g)].map(
    ([, name = '']) => name,
  );
  const known = Object.keys(secretKinds);
  return [
    ...read
      .filter((name) => !known.includes(name))
      .map((name) => ({
        place: 'secrets/kinds.ts',
        message: `it has no secret ${name}, which a template reads`,
      })),
    ...known
      .filter((name) => !read.includes(name))
      .map((name) => ({ place: 'secrets/kinds.ts', message: `no template reads the secret ${name}` })),
    ...[...environments].flatMap(([environment, { settings }]) =>
      (settings.optionalSecrets ?? '')
        .split(',')
        .filter((name) => name !== '' && !(known.includes(name) && secretKinds[name]?.isOptional))
        .map((name) => ({
          place: `environments/${environment}.json`,
          message: `optionalSecrets names ${name}, which is not an optional secret`,
        })),
    ),
  ];
}

function environmentProblems(name: string, environment: Environment, { naming }: Sources): Problem[] {
  const place = `environments/${name}.json`;
  const problems: Problem[] = [];
  const { settings, regions, description } = environment;
  if (settings.environment !== name) problems.push({ place, message: `environment must be ${name}` });
  if (!regions.has(settings.primaryRegion ?? ''))
    problems.push({ place, message: `primaryRegion must be one of ${[...regions.keys()].join(', ')}` });
  if (!description) problems.push({ place, message: 'it has no description' });
  for (const [region, file] of regions) {
    const at = `environments/${name}.${region}.json`;
    if (file.settings.location !== region)
      problems.push({ place: at, message: `location must be ${region}` });
    if (!naming.regions[region])
      problems.push({ place: at, message: `infra/naming.json has no short name for ${region}` });
    if (!file.description) problems.push({ place: at, message: 'it has no description' });
  }
  for (const [at, file] of [
    [place, environment],
    ...[...regions].map(([region, one]) => [`environments/${name}.${region}.json`, one] as const),
  ] as const)
    for (const [key, value] of Object.entries(file.settings))
      if (typeof value !== 'string')
        problems.push({ place: at, message: `${key} must be a text: Ev2 puts texts in the place of texts` });
  return problems;
}

/** Every setting is a parameter of a template, and every parameter has a value everywhere. */
function unusedProblems(sources: Sources): Problem[] {
  const problems: Problem[] = [];
  const declared = new Map<string, string>();
  for (const { name } of deployments) {
    const { parameters } = sources.templates.get(name) ?? {};
    for (const key of Object.keys(isObject(parameters) ? parameters : {})) declared.set(key, name);
  }
  for (const target of allTargets(sources)) {
    const settings = settingsOf(sources, target);
    const place = `environments/${target.environment}.${target.region}.json`;
    for (const key of Object.keys(settings))
      if (!declared.has(key) && !usedByItself.includes(key))
        problems.push({ place, message: `no template has a parameter ${key}` });
    for (const [key, template] of declared)
      if (settings[key] === undefined && !computedParameters.some((name) => name === key))
        problems.push({ place, message: `the parameter ${key} of arm/${template}.json has no value` });
  }
  return problems;
}

/** A setting that only one environment has is a mistake in the others. */
function sameProblems(sources: Sources): Problem[] {
  const keys = [...sources.environments].map(
    ([name, { settings }]) => [`environments/${name}.json`, Object.keys(settings)] as const,
  );
  const all = new Set(keys.flatMap(([, own]) => own));
  return keys.flatMap(([place, own]) =>
    [...all]
      .filter((key) => !own.includes(key))
      .map((key) => ({ place, message: `${key} is missing: the other environments have it` })),
  );
}

/** What is in a table and nowhere else is left over. */
function tableProblems({
  naming,
  environments,
  apiVersions,
  roles,
  templates,
  databases,
}: Sources): Problem[] {
  const problems: Problem[] = [];
  const texts = JSON.stringify([...templates.values()]);
  const regions = new Set(
    [...environments.values()].flatMap((environment) => [...environment.regions.keys()]),
  );
  for (const region of Object.keys(naming.regions))
    if (!regions.has(region))
      problems.push({ place: 'naming.json', message: `no environment is in ${region}` });
  const shorts = Object.values(naming.regions);
  if (new Set(shorts).size < shorts.length)
    problems.push({ place: 'naming.json', message: 'two regions have the same short name' });
  for (const [table, names] of [
    ['names', Object.keys(naming.names)],
    ['hosts', Object.keys(naming.hosts)],
  ] as const)
    for (const name of names)
      if (!new RegExp(`parameters\\('${table}'\\)\\.${name}\\b`).test(texts))
        problems.push({ place: `naming.json: ${table}.${name}`, message: 'no template uses it' });
  for (const type of Object.keys(apiVersions))
    if (!texts.includes(`"${type}"`))
      problems.push({ place: 'api-versions.json', message: `no template has a resource of type ${type}` });
  for (const type of shapedTypes)
    if (!apiVersions[type])
      problems.push({ place: 'check/shapes.json', message: `no template has a resource of type ${type}` });
  for (const role of Object.keys(roles))
    if (!new RegExp(`parameters\\('roles'\\)\\.${role}\\b`).test(texts))
      problems.push({ place: 'roles.json', message: `no template assigns ${role}` });
  if (databases.length === 0)
    problems.push({ place: 'kusto/environments', message: 'there are no databases' });
  return problems;
}
