/**
 * The data set of the benchmark. Rows are computed from their indexes, so that the same sizes give the same rows.
 * Several builds share a version and its payload, and every version is deployed twice, to as many entities as the sizes
 * allow. Of ten versions, seven belong to Ev2, two to AzDeployer and one to Pilotfish.
 */
import { csv } from '../filled-folder.ts';

export interface Sizes {
  readonly builds: number;
  readonly events: number;
  readonly versions: number;
}

export const organization = 'contoso';
const deploymentsPerVersion = 2;
const secondsBetweenDeployments = 97;
const firstStart = Date.UTC(2025, 0, 1);

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const guid = (kind: number, value: number) => `${hex(kind, 8)}-0000-4000-8000-${hex(value, 12)}`;
const time = (milliseconds: number) => new Date(milliseconds).toISOString().replace('Z', '0000Z');

/** The build with an index. */
export function buildAt(index: number): { projectId: string; buildId: number } {
  return { projectId: guid(1, index % 500), buildId: 1_000_000 + index };
}

/** The version of a build. */
export function versionOfBuild(index: number, { builds, versions }: Sizes): number {
  return Math.floor((index * versions) / builds);
}

/** The orchestrator and payload of a version. */
export function payloadOf(version: number): { source: string; payload: string } {
  const share = version % 10;
  if (share < 7)
    return {
      source: 'expressv2',
      payload: `${guid(2, version % 900)}/service${version % 900}=1.0.${version}.0`,
    };
  if (share < 9) return { source: 'azdeployer', payload: `template${version % 300};main;1.0.${version}.0` };
  return { source: 'pilotfish', payload: `component${version % 100}=1.0.${version}` };
}

/** The id of a version's deployment number `n`, from 0. */
export function deploymentOf(version: number, n: number): { source: string; id: string } {
  const { source } = payloadOf(version);
  const number = version * deploymentsPerVersion + n;
  if (source === 'expressv2') return { source, id: `Service${version % 900}/${guid(3, number)}` };
  if (source === 'azdeployer') return { source, id: String(10_000_000 + number) };
  return { source, id: `20250101-000000-${hex(number, 40)}_${number}` };
}

/** Rows of `Build2Payload` as CSV, for builds `from` (inclusive) to `to` (exclusive). */
export function* buildRows(sizes: Sizes, from: number, to: number): Generator<string> {
  for (let index = from; index < to; index++) {
    const { projectId, buildId } = buildAt(index);
    const { source, payload } = payloadOf(versionOfBuild(index, sizes));
    const url = `https://${organization}.visualstudio.com/${projectId}/_build/results?buildId=${buildId}`;
    yield csv([
      time(firstStart + index * 1000),
      organization,
      projectId,
      buildId,
      url,
      payload,
      'ado',
      source,
    ]);
  }
}

/** Rows of `BuildVersion2Payload` as CSV, for the AzDeployer versions in a range. */
export function* versionRows(_sizes: Sizes, from: number, to: number): Generator<string> {
  for (let version = from; version < to; version++) {
    const { source, payload } = payloadOf(version);
    if (source === 'azdeployer') yield csv([time(firstStart), payload, payload, payload, source]);
  }
}

/** Rows of `EntityChangeEvent` as CSV, for events `from` (inclusive) to `to` (exclusive). */
export function* eventRows({ versions }: Sizes, from: number, to: number): Generator<string> {
  for (let index = from; index < to; index++) {
    const version = index % versions;
    const entity = Math.floor(index / versions);
    const deployment = entity % deploymentsPerVersion;
    const { source, payload } = payloadOf(version);
    const { id } = deploymentOf(version, deployment);
    const start =
      firstStart + (version * deploymentsPerVersion + deployment) * secondsBetweenDeployments * 1000;
    const end = start + (600 + entity * 60) * 1000;
    const state = version % 20 === 0 && deployment === 0 ? 'failed' : 'completed';
    const [activity, parent] = source === 'expressv2' ? [id, ''] : [`${id}-${entity}`, id];
    yield csv([
      '1.0',
      time(end),
      time(start),
      time(end),
      'region',
      `region${entity}`,
      'rollout',
      payload,
      payload,
      activity,
      parent,
      '',
      source,
      'none',
      '',
      guid(4, version % 900),
      'ServiceId',
      state,
      time(end + entity),
    ]);
  }
}
