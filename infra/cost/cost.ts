/**
 * What an environment costs in a month, from the resources that are deployed, measured figures and list prices; and what
 * 1,000 requests a second and a million events cost more. A price that is not known stays a letter.
 */
import { allTargets, type Target, UnknownTargetError } from '../deployments.ts';
import { isObject, type JsonObject } from '../json.ts';
import { type RenderedResource, renderTarget } from '../render.ts';
import type { Sources } from '../sources.ts';

/** Prices by meter. */
export type Prices = ReadonlyMap<string, number>;

/** So much of a meter. */
export interface CostLine {
  readonly what: string;
  readonly quantity: number;
  readonly meter: string;
}

export interface Costs {
  /** Whatever the load. */
  readonly month: readonly CostLine[];
  /** More, for a month of 1,000 requests a second that no cache answers. */
  readonly requests: readonly CostLine[];
  /** More, for a million events. */
  readonly events: readonly CostLine[];
}

/** Measured as docs/operations/capacity.md says. */
export const measured = {
  /** Lookups of one core in a second. */
  lookupsOfCore: 1_061,
  /** Seconds of a core that telemetry takes for a request. */
  telemetryOfRequest: 80e-6,
  /** Share of its time up to which a core answers fast. */
  busyShare: 0.6,
  /** Events that two cores process in a second. */
  eventsOfTwoCores: 1_892,
  /** Gigabytes that a kept trace of a request takes in Log Analytics, estimated from the size of its record. */
  gigabytesOfTrace: 1e-6,
} as const;

const hours = 730;
const requestsOfMonth = 1_000 * 3_600 * hours;
/** Cores and GiB of an instance. */
const instances: Readonly<Record<string, { readonly cores: number; readonly memory: number }>> = {
  EP1: { cores: 1, memory: 3.5 },
  EP2: { cores: 2, memory: 7 },
  EP3: { cores: 4, memory: 14 },
};

/** The costs of an environment. @throws UnknownTargetError, RangeError for a size of instances that is not known */
export function costsOf(sources: Sources, environment: string): Costs {
  const targets = allTargets(sources).filter((target) => target.environment === environment);
  const [first] = targets;
  if (!first)
    throw new UnknownTargetError(
      `There is no environment ${environment}: choose one of ${[...sources.environments.keys()].join(', ')}`,
    );
  const resources = deployedIn(sources, targets);
  const plans = resources.filter(({ type }) => type === 'Microsoft.Web/serverfarms');
  const ready = plans.map((plan) => readyOf(plan, resources));
  const [sku = 'EP1'] = plans.map(({ body }) => skuOf(body));
  const { cores } = sizeOf(sku);
  const needed = (1_000 / measured.lookupsOfCore + 1_000 * measured.telemetryOfRequest) / measured.busyShare;
  const more = Math.max(0, Math.ceil(needed / cores) + 1 - Math.min(...ready));
  const share = Number(sources.environments.get(environment)?.settings.tracesShare);
  const coreHours = (1e6 / measured.eventsOfTwoCores) * (2 / 3_600);
  return {
    month: [
      ...instanceLines(
        `${plans.length} ${plans.length === 1 ? 'plan' : 'plans'}, ${sum(ready)} ${sku} always ready`,
        sku,
        sum(ready) * hours,
      ),
      ...nodeLines(resources),
      ...countLines(resources, 'Microsoft.Cache/redisEnterprise', (body) => [1, `Redis ${skuOf(body)}`]),
      { what: 'Front Door', quantity: 1, meter: 'Front Door Premium, month' },
    ],
    requests: [
      ...instanceLines(`${more} more ${sku} in each region`, sku, more * targets.length * hours),
      {
        what: 'Front Door',
        quantity: requestsOfMonth / 10_000,
        meter: 'Front Door Premium, 10,000 requests',
      },
      {
        what: 'traces',
        quantity: requestsOfMonth * share * measured.gigabytesOfTrace,
        meter: 'Log Analytics, GB',
      },
    ],
    events: instanceLines('the processor', sku, coreHours / cores),
  };
}

/** What all regions have, what they share once. */
function deployedIn(sources: Sources, targets: readonly Target[]): RenderedResource[] {
  const found = targets.flatMap((target) =>
    renderTarget(sources, target).flatMap(({ resources }) =>
      resources.filter(({ isDeployed }) => isDeployed),
    ),
  );
  return [...new Map(found.map((resource) => [resource.id, resource])).values()];
}

/** Instances of a plan that are always ready: what the app with the most of them wants. */
function readyOf(plan: RenderedResource, resources: readonly RenderedResource[]): number {
  return Math.max(
    ...resources.flatMap(({ type, body }) => {
      const { serverFarmId, siteConfig } = isObject(body.properties) ? body.properties : {};
      if (type !== 'Microsoft.Web/sites' || serverFarmId !== plan.id || !isObject(siteConfig)) return [];
      return [Number(siteConfig.minimumElasticInstanceCount)];
    }),
  );
}

function instanceLines(what: string, sku: string, instanceHours: number): CostLine[] {
  const { cores, memory } = sizeOf(sku);
  return [
    { what: `${what}: cores`, quantity: instanceHours * cores, meter: 'functions vCPU, hour' },
    { what: `${what}: memory`, quantity: instanceHours * memory, meter: 'functions GiB, hour' },
  ];
}

function nodeLines(resources: readonly RenderedResource[]): CostLine[] {
  return countLines(resources, 'Microsoft.Kusto/clusters', ({ sku }) => [
    isObject(sku) ? Number(sku.capacity) : 0,
    `Kusto ${isObject(sku) ? sku.name : ''}`,
  ]);
}

/** Hours of a month of what resources of a type consist of. */
function countLines(
  resources: readonly RenderedResource[],
  type: string,
  partsOf: (body: JsonObject) => readonly [count: number, name: string],
): CostLine[] {
  const counts = new Map<string, number>();
  for (const resource of resources) {
    if (resource.type !== type) continue;
    const [count, name] = partsOf(resource.body);
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return [...counts].map(([name, count]) => ({
    what: `${count} of ${name}`,
    quantity: count * hours,
    meter: `${name}, hour`,
  }));
}

function skuOf({ sku }: JsonObject): string {
  return isObject(sku) ? `${sku.name}` : '';
}

function sizeOf(sku: string) {
  const size = instances[sku];
  if (!size) throw new RangeError(`infra/cost/cost.ts does not know the instances ${sku}`);
  return size;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
