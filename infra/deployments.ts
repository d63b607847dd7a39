/**
 * Which template is deployed where, and in which order. An environment has one group of resources that its regions
 * share, and each region has a group of its own.
 */
import type { Value } from './expressions/functions.ts';
import type { Environment, Naming, SettingsFile, Sources } from './sources.ts';

export interface Deployment {
  /** Also the name of the template. */
  readonly name: string;
  /** How often it is deployed: once for an environment, or once for each of its regions. */
  readonly each: 'environment' | 'region';
  /** The group that it is deployed to. */
  readonly group: 'environment' | 'region' | 'sources';
}

/** In the order of a first deployment. */
export const deployments: readonly Deployment[] = [
  { name: 'monitoring', each: 'environment', group: 'environment' },
  { name: 'front-door', each: 'environment', group: 'environment' },
  { name: 'data', each: 'environment', group: 'environment' },
  { name: 'hook-queue', each: 'environment', group: 'environment' },
  { name: 'load-test', each: 'environment', group: 'environment' },
  { name: 'alerts', each: 'environment', group: 'environment' },
  { name: 'availability-tests', each: 'environment', group: 'environment' },
  { name: 'workbooks', each: 'environment', group: 'environment' },
  { name: 'region', each: 'region', group: 'region' },
  { name: 'region-alerts', each: 'region', group: 'region' },
  { name: 'shared-access', each: 'region', group: 'environment' },
  { name: 'source-viewers', each: 'region', group: 'sources' },
  { name: 'apps', each: 'region', group: 'region' },
  { name: 'slots', each: 'region', group: 'region' },
  { name: 'traffic', each: 'region', group: 'environment' },
];

/** A region of an environment. */
export interface Target {
  readonly environment: string;
  readonly region: string;
}

/** Every region of every environment. */
export function allTargets({ environments }: Pick<Sources, 'environments'>): Target[] {
  return [...environments].flatMap(([environment, { regions }]) =>
    [...regions.keys()].map((region) => ({ environment, region })),
  );
}

/** A target that no file describes. */
export class UnknownTargetError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnknownTargetError';
  }
}

/** The files of a target. @throws UnknownTargetError */
export function filesOf(
  { environments }: Pick<Sources, 'environments'>,
  { environment, region }: Target,
): { readonly environment: Environment; readonly region: SettingsFile } {
  const found = environments.get(environment);
  if (!found)
    throw new UnknownTargetError(
      `There is no environment ${environment}: choose one of ${[...environments.keys()].join(', ')}`,
    );
  const file = found.regions.get(region);
  if (!file)
    throw new UnknownTargetError(
      `${environment} has no region ${region}: choose one of ${[...found.regions.keys()].join(', ')}`,
    );
  return { environment: found, region: file };
}

/** The settings of a target; those of the region go before those of the environment. */
export function settingsOf(sources: Sources, target: Target): Readonly<Record<string, string>> {
  const { environment, region } = filesOf(sources, target);
  return { packageVersion: sources.version, ...environment.settings, ...region.settings };
}

/** Parameters that come from files which all environments share. */
export const computedParameters = [
  'names',
  'hosts',
  'roles',
  'apps',
  'sources',
  'alerts',
  'workbooks',
] as const;

/** The parameters of a target's deployments: its settings, and those that are computed. */
export function parametersOf(
  sources: Sources,
  target: Target,
  each: Deployment['each'],
): ReadonlyMap<string, Value> {
  const own = settingsOf(sources, target);
  // What is once in an environment is in its primary region, whichever region is looked at.
  const location = (each === 'environment' ? own.primaryRegion : own.location) ?? '';
  const settings = { ...own, location };
  return new Map<string, Value>([
    ...Object.entries(settings),
    ['names', resolved(sources.naming.names, sources.naming, settings)],
    ['hosts', resolved(sources.naming.hosts, sources.naming, settings)],
    ['roles', sources.roles],
    ['apps', sources.apps],
    ['alerts', sources.alerts.map(({ metric: _metric, ...alert }) => ({ ...alert }))],
    ['workbooks', sources.workbooks],
    ['sources', sources.databases.map(({ cluster, database }) => ({ cluster, database }))],
  ]);
}

/** The patterns of the convention with what a target's settings say; `{item}` is left to the template. */
export function resolved(
  patterns: Readonly<Record<string, string>>,
  naming: Naming,
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const values: Readonly<Record<string, string | undefined>> = {
    prefix: settings.prefix,
    environment: settings.environment,
    region: naming.regions[settings.location ?? ''],
    primary: naming.regions[settings.primaryRegion ?? ''],
    location: settings.location,
    primaryLocation: settings.primaryRegion,
    item: '{0}',
  };
  return Object.fromEntries(
    Object.entries(patterns).map(([name, pattern]) => [
      name,
      pattern.replaceAll(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder),
    ]),
  );
}

/** The name of the group that a deployment goes to. */
export function groupOf({ group }: Deployment, parameters: ReadonlyMap<string, Value>): string {
  if (group === 'sources') return `${parameters.get('sourcesGroup')}`;
  const names = parameters.get('names') as Readonly<Record<string, string>>;
  return names[group === 'region' ? 'regionGroup' : 'environmentGroup'] ?? '';
}
