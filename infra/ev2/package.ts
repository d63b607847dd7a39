/**
 * Makes the service group root of a rollout with Ev2: the templates, a parameters file for each, the configuration of one
 * environment, and what infra/ev2 holds. What differs between regions is a placeholder, which Ev2 replaces by
 * ScopeBindings.json and Configuration.json; everything else stands there as it is.
 */
import {
  type Deployment,
  deployments,
  parametersOf,
  resolved,
  settingsOf,
  type Target,
  UnknownTargetError,
} from '../deployments.ts';
import type { Value } from '../expressions/functions.ts';
import { isObject, type Json, type JsonObject, mapTexts } from '../json.ts';
import type { Sources } from '../sources.ts';

/** The files by their path in the service group root; scripts are left out. */
export type Ev2Package = ReadonlyMap<string, JsonObject>;

/** The rollouts, by the names of their files in infra/ev2/RolloutSpecs. */
export const rollouts = ['Infrastructure', 'Code', 'Rollback'] as const;
export type Rollout = (typeof rollouts)[number];

/** The service group of a rollout, the first part of the ids of its deployments: who waits for one waits for no other. */
export function serviceGroupOf(rollout: Rollout, environment: string): string {
  return rollout === 'Code' ? `Deployments.${environment}` : `Deployments.${rollout}.${environment}`;
}

/** @throws UnknownTargetError */
export function packageOf(sources: Sources, environment: string, rollout: Rollout = 'Code'): Ev2Package {
  const target = anyTarget(sources, environment);
  const words = { ...wordsOf(sources, target), serviceGroup: serviceGroupOf(rollout, environment) };
  const files = new Map<string, JsonObject>();
  for (const [path, content] of sources.ev2) {
    const [folder, file] = path.split('/');
    const filled = mapTexts(content, (text) => fill(text, words)) as JsonObject;
    if (folder !== 'StageMaps') files.set(path, filled);
    else if (file === `${environment}.json`)
      files.set('StageMap.json', rollout === 'Rollback' ? withoutBaking(filled) : filled);
  }
  files.set('Configuration.json', configurationOf(sources, environment));
  for (const deployment of deployments) {
    const template = sources.templates.get(deployment.name);
    if (!template) continue;
    files.set(`Templates/${deployment.name}.json`, template);
    files.set(`Parameters/${deployment.name}.json`, parametersFileOf(sources, deployment, target));
  }
  return files;
}

/** A way back has no time to bake, and nobody approves it region by region. */
function withoutBaking(map: JsonObject): JsonObject {
  const configuration = isObject(map.configuration) ? map.configuration : {};
  const promotion = isObject(configuration.promotion) ? configuration.promotion : {};
  return {
    ...map,
    configuration: {
      ...configuration,
      promotion: { ...promotion, manual: false, validation: { waitDuration: 'PT1M' } },
    },
  };
}

function anyTarget({ environments }: Sources, environment: string): Target {
  const [region] = environments.get(environment)?.regions.keys() ?? [];
  if (region === undefined)
    throw new UnknownTargetError(
      `There is no environment ${environment}: choose one of ${[...environments.keys()].join(', ')}`,
    );
  return { environment, region };
}

/** Settings that some region of an environment has, which may differ from region to region. */
function regionalSettings({ environments }: Sources, environment: string): Set<string> {
  const regions = environments.get(environment)?.regions.values() ?? [];
  return new Set([...regions].flatMap(({ settings }) => Object.keys(settings)));
}

/** `alwaysReady` is `__ALWAYS_READY__`. */
function placeholderOf(setting: string): string {
  return `__${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}__`;
}

/** The settings of a target, with placeholders for what differs between regions. */
function openSettings(sources: Sources, target: Target): Record<string, string> {
  const regional = regionalSettings(sources, target.environment);
  return Object.fromEntries(
    Object.entries({ ...settingsOf(sources, target), packageVersion: '' }).map(([name, value]) => [
      name,
      regional.has(name) || name === 'packageVersion' ? placeholderOf(name) : value,
    ]),
  );
}

/** The convention's names with placeholders: the short name of a region is one of its own. */
function openNames(sources: Sources, target: Target, patterns: Readonly<Record<string, string>>) {
  const { naming } = sources;
  const open = openSettings(sources, target);
  const regions = { ...naming.regions, [placeholderOf('location')]: placeholderOf('region') };
  return resolved(patterns, { ...naming, regions }, open);
}

function parametersFileOf(sources: Sources, { name, each }: Deployment, target: Target): JsonObject {
  const { parameters = {} } = sources.templates.get(name) ?? {};
  const open = each === 'region' ? openSettings(sources, target) : settingsOf(sources, target);
  const computed = parametersOf(sources, target, each);
  const values = new Map<string, Value>([
    ...computed,
    ...Object.entries(open),
    ['location', each === 'region' ? placeholderOf('location') : (computed.get('location') ?? '')],
    ...(each === 'region'
      ? ([
          ['names', openNames(sources, target, sources.naming.names)],
          ['hosts', openNames(sources, target, sources.naming.hosts)],
        ] as const)
      : []),
  ]);
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: Object.fromEntries(
      Object.keys(isObject(parameters) ? parameters : {}).map((key) => [
        key,
        { value: (values.get(key) ?? null) as Json },
      ]),
    ),
  };
}

/** What `{…}` in the files of infra/ev2 stands for. */
function wordsOf(sources: Sources, target: Target): Readonly<Record<string, string>> {
  const names = openNames(sources, target, sources.naming.names);
  const app = names.app ?? '';
  return {
    ...openSettings(sources, target),
    environmentGroup: names.environmentGroup ?? '',
    slot: names.slot ?? '',
    packages: names.packages ?? '',
    hostAccount: names.hostAccount ?? '',
    group: names.regionGroup ?? '',
    apps: sources.apps.map((name) => app.replace('{0}', name)).join(' '),
  };
}

function fill(text: string, words: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (placeholder, word: string) => words[word] ?? placeholder);
}

/** The configuration of a service group: settings by region. */
function configurationOf(sources: Sources, environment: string): JsonObject {
  const { geographies, regions: shorts, names } = sources.naming;
  const regions = sources.environments.get(environment)?.regions ?? new Map();
  const regional = regionalSettings(sources, environment);
  const of = (region: string): JsonObject => {
    const settings = settingsOf(sources, { environment, region });
    return {
      name: region,
      settings: {
        ...Object.fromEntries([...regional].map((name) => [name, settings[name] ?? ''])),
        region: shorts[region] ?? '',
        regionGroup: resolved(names, sources.naming, settings).regionGroup ?? '',
      },
    };
  };
  return {
    $schema: 'https://ev2schema.azure.net/schemas/2020-01-01/ConfigurationSpecification.json',
    settings: {},
    geographies: Object.entries(geographies)
      .map(([name, members]) => ({
        name,
        settings: {},
        regions: members.filter((region) => regions.has(region)).map(of),
      }))
      .filter((geography) => geography.regions.length > 0),
  };
}

/**
 * What Ev2 makes of a package for one region: every placeholder replaced.
 *
 * @param buildVersion what `$buildVersion()` is
 */
export function bound(files: Ev2Package, region: string, buildVersion: string): Ev2Package {
  const settings = settingsIn(files, region);
  const replacements = bindingsIn(files).map(
    ({ find, replaceWith }) =>
      [
        find,
        replaceWith
          .replace('$buildVersion()', buildVersion)
          .replace(/\$config\((\w+)\)/g, (call, key: string) => settings[key] ?? call),
      ] as const,
  );
  const replace = (text: string): string => {
    let result = text;
    for (const [find, value] of replacements) result = result.replaceAll(find, value);
    return result.replace(/\$config\((\w+)\)/g, (call, key: string) => settings[key] ?? call);
  };
  return new Map(
    [...files].map(([path, content]) => [
      path,
      path.startsWith('Templates/') || path === 'ScopeBindings.json'
        ? content
        : (mapTexts(content, replace) as JsonObject),
    ]),
  );
}

export interface Binding {
  readonly tag: string;
  readonly find: string;
  readonly replaceWith: string;
}

/** The bindings of ScopeBindings.json. */
export function bindingsIn(files: Ev2Package): Binding[] {
  return objectsIn(files.get('ScopeBindings.json')?.scopeBindings).flatMap(({ scopeTagName, bindings }) =>
    objectsIn(bindings).map(({ find, replaceWith }) => ({
      tag: `${scopeTagName}`,
      find: `${find}`,
      replaceWith: `${replaceWith}`,
    })),
  );
}

/** The settings of a region in Configuration.json; none if it is not there. */
export function settingsIn(files: Ev2Package, region: string): Readonly<Record<string, string>> {
  const found = objectsIn(files.get('Configuration.json')?.geographies)
    .flatMap((geography) => objectsIn(geography.regions))
    .find(({ name }) => name === region)?.settings;
  return (isObject(found) ? found : {}) as Record<string, string>;
}

/** The objects of a list. */
export function objectsIn(list: Json | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The deployments and parameters that a package must give for a region, to compare with those that it gives. */
export function expectedParameters(
  sources: Sources,
  { name, each }: Deployment,
  target: Target,
): Readonly<Record<string, Json>> {
  const { parameters = {} } = sources.templates.get(name) ?? {};
  const values = parametersOf(sources, target, each);
  return Object.fromEntries(
    Object.keys(isObject(parameters) ? parameters : {}).map((key) => [
      key,
      (values.get(key) ?? null) as Json,
    ]),
  );
}
