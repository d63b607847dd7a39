/**
 * Builders of raw events as the orchestrators and Azure DevOps report them. All demonstration data is made of these,
 * so it passes through the same ingestion and jobs as real data.
 */
import { createHash } from 'node:crypto';
import type { Row } from '../client/rows.ts';

/** The tables that hold raw events. */
const sourceTables = [
  'ChangeEvent',
  'DeploymentAuditEvent',
  'PFBuilderMessage',
  'BuildArtifact',
  'EntityChangeEvent',
] as const;
export type SourceTable = (typeof sourceTables)[number];

/** Rows by the table that they are ingested into. */
export type RawEvents = Readonly<Partial<Record<SourceTable, readonly Row[]>>>;

export function isSourceTable(name: string): name is SourceTable {
  return sourceTables.some((table) => table === name);
}

/** A build, as Azure DevOps names it. */
export interface BuildName {
  readonly organization: string;
  readonly project: string;
  readonly id: number;
}

/** A service of Ev2 and the number under which it deploys a build. */
export interface Ev2Payload {
  readonly serviceTreeId: string;
  readonly serviceGroup: string;
  readonly buildNumber: string;
}

/**
 * The state of one entity (a region, a cluster, a node) of a deployment. Times are dates, or ISO text where
 * milliseconds are too coarse; `end` is absent until the entity ends.
 */
export interface EntityProgress {
  readonly entity: string;
  readonly state: string;
  readonly start: Date | string;
  readonly end?: Date | string;
  readonly modified: Date | string;
}

/** Combines several sets of events. */
export function together(sets: Iterable<RawEvents>): RawEvents {
  const all: Partial<Record<SourceTable, Row[]>> = {};
  for (const set of sets) {
    for (const table of sourceTables) {
      const gathered = all[table] ?? [];
      all[table] = gathered;
      gathered.push(...(set[table] ?? []));
    }
  }
  return all;
}

/** Ev2 reports that a rollout deploys a build. This makes the build known, whatever happens to the rollout. */
export function ev2Change(
  build: BuildName,
  payload: Ev2Payload,
  rolloutId: string,
  at: Date | string,
): RawEvents {
  const azureDevOps = {
    TeamFoundationCollectionUri: `https://${build.organization}.visualstudio.com/`,
    TeamProjectId: build.project,
    BuildId: String(build.id),
    BuildNumber: payload.buildNumber,
    ReleaseWebUrl: '',
  };
  const change = {
    TIMESTAMP: at,
    ExternalSourceName: 'expressv2',
    ExternalId: `${payload.serviceGroup}/${rolloutId}`,
    ExternalParentId: build.organization,
    Description: { AzureDevOps: JSON.stringify(azureDevOps) },
    Status: 'InProgress',
    StartTime: at,
    Modified: at,
    ServiceTreeGuid: payload.serviceTreeId,
    BuildNumber: payload.buildNumber,
    Locations: '<null>',
  };
  return { ChangeEvent: [change] };
}

/** Ev2's reports on the regions of a rollout. */
export function ev2Progress(
  payload: Ev2Payload,
  rolloutId: string,
  regions: readonly EntityProgress[],
  metaData: Readonly<Record<string, string>> = { RolloutInfra: 'Prod' },
): RawEvents {
  const rows = regions.map((region) => ({
    ...entityRow(region, 'Region', metaData),
    BuildVersion: `${payload.serviceTreeId}/${payload.serviceGroup}=${payload.buildNumber}`,
    ChangeActivity: `${payload.serviceGroup}/${rolloutId}`,
    ParentChangeActivity: payload.serviceGroup,
    Source: 'ExpressV2',
    ChangeOwner: payload.serviceTreeId,
    ChangeOwnerType: 'ServiceId',
  }));
  return { EntityChangeEvent: rows };
}

/** The share that a build was dropped to. It ties payloads of AzDeployer and Pilotfish to the build. */
export interface Drop {
  readonly branch: string;
  readonly version: string;
}

/** Azure DevOps reports where a build was dropped. */
export function buildDrop(build: BuildName, { branch, version }: Drop): RawEvents {
  const artifact = {
    OrganizationName: build.organization,
    ProjectId: build.project,
    BuildId: build.id,
    BuildArtifactName: 'BuildDropLocation',
    ResourceData: `\\\\reddog\\Builds\\branches\\${branch}\\${version}`,
  };
  return { BuildArtifact: [artifact] };
}

/** AzDeployer reports the payloads that a deployment takes from a drop, one row for each. */
export function azDeployerAudit(
  rto: string,
  payloads: readonly string[],
  { branch, version }: Drop,
  at: Date,
): RawEvents {
  const rows = payloads.map((payload) => ({
    StartDateTime: at,
    RTOIdentifier: rto,
    RolloutLabel: 'Fabric_Rollout.xml',
    Tenant: 'BN4PrdApp01',
    TargetType: 'Cluster',
    Build: `\\\\reddog\\Builds\\branches\\${branch}\\${version}\\retail-amd64`,
    Payload: payload,
  }));
  return { DeploymentAuditEvent: rows };
}

/** Pilotfish reports the payloads (`component=label`) of a deployment and the drops that they were made from. */
export function pilotfishAudit(
  rto: string,
  payloads: readonly { readonly payload: string; readonly drop: Drop }[],
  at: Date,
): RawEvents {
  const audit = {
    StartDateTime: at,
    RTOIdentifier: rto,
    RolloutLabel: 'Pilotfish_Rollout.xml',
    Tenant: 'MSTPilotfish01',
    TargetType: 'Cluster',
    Build: '\\\\pilotfish\\rollouts\\storage',
    Payload: payloads.map(({ payload }) => payload).join(' '),
  };
  const messages = payloads.map(({ payload, drop: { branch, version } }) => ({
    Timestamp: at,
    RTOId: rto,
    BuildLabel: payload.slice(payload.indexOf('=') + 1),
    BuildPath: `\\\\reddog\\Builds\\branches\\${branch}\\${version}\\pilotfish`,
  }));
  return { DeploymentAuditEvent: [audit], PFBuilderMessage: messages };
}

/** Reports of AzDeployer or Pilotfish on the clusters of a deployment, for one of its payloads. */
export function clusterProgress(
  source: 'AzDeployer' | 'Pilotfish',
  rto: string,
  payload: string,
  clusters: readonly EntityProgress[],
  metaData: Readonly<Record<string, string>> = {},
): RawEvents {
  const rows = clusters.map((cluster) => ({
    ...entityRow(cluster, 'Cluster', metaData),
    BuildVersion: payload,
    ChangeActivity: `${rto}/${cluster.entity}`,
    ParentChangeActivity: rto,
    Source: source,
    ChangeOwner: source === 'AzDeployer' ? 'Azure Fabric Deployment' : 'Xstore Deployment',
    ChangeOwnerType: 'ICMTeam',
  }));
  return { EntityChangeEvent: rows };
}

function entityRow(
  { entity, state, start, end, modified }: EntityProgress,
  entityType: string,
  metaData: Readonly<Record<string, string>>,
): Row {
  return {
    SchemaVersion: '1.0',
    Timestamp: modified,
    StartTime: start,
    EndTime: end,
    EntityType: entityType,
    EntityId: entity,
    ChangeType: 'Deployment',
    MetaData: metaData,
    PlannedInterruption: 'None',
    ImpactDuration: '',
    ChangeState: state,
    ModifiedDate: modified,
  };
}

/** `length` hexadecimal digits (at most 40) that depend on `seed` alone. */
export function hexOf(seed: string, length: number): string {
  return createHash('sha1').update(seed).digest('hex').slice(0, length);
}

/** A GUID that depends on `seed` alone. */
export function guidOf(seed: string): string {
  return hexOf(seed, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
