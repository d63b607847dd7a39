/**
 * Reads response bodies tolerantly: unknown fields are ignored, unknown sources and states are kept, and a row
 * that cannot be used is skipped and reported. The compiler checks the field tables against the contract's
 * types, so that the tab and the task need no schema library at run time.
 */
import {
  count,
  type Fields,
  member,
  type ReadBody,
  record,
  text,
  textOrEmpty,
  time,
  timeOrNull,
  UnreadableBodyError,
  usableRows,
} from './body-fields.ts';
import type {
  Build,
  Build2Deployment,
  Deployment,
  Deployment2Build,
  DeploymentEntities,
  Entity,
  Payload,
  Payload2Build,
  Progress,
} from './contract.ts';

const payloadFields: Fields<Payload> = { Id: text, ProgressionLink: textOrEmpty };

const deploymentFields: Fields<Deployment> = {
  Id: text,
  StartTime: time,
  EndTime: timeOrNull,
  DeploymentUrl: textOrEmpty,
  Source: text,
  ChangeOwner: textOrEmpty,
  ChangeOwnerType: textOrEmpty,
  State: (value) => (typeof value === 'string' ? value : undefined),
  ChangeState: textOrEmpty,
  EntityType: (value) => (typeof value === 'string' ? value : undefined),
  Progress: progress,
  Payloads: (value) => usableRows(value, payloadFields).rows,
  LastUpdateTime: time,
  Metadata: (value) => (typeof value === 'string' ? value : undefined),
};

const progressFields: Fields<Progress> = {
  Total: count,
  NotStarted: count,
  InProgress: count,
  Blocked: count,
  Succeeded: count,
  Failed: count,
  Canceled: count,
  Unknown: count,
};

const entityFields: Fields<Entity> = {
  Type: textOrEmpty,
  Id: text,
  State: text,
  ChangeState: textOrEmpty,
  Payload: textOrEmpty,
  StartTime: timeOrNull,
  EndTime: timeOrNull,
  LastUpdateTime: time,
  PlannedInterruption: textOrEmpty,
  ImpactDuration: textOrEmpty,
};

const buildFields: Fields<Build> = {
  OrganizationName: text,
  ProjectId: text,
  Id: (value) => (typeof value === 'number' ? String(value) : text(value)),
  Url: textOrEmpty,
  Source: () => 'ADO',
};

/** Reads the body of a B2D response. @throws UnreadableBodyError */
export function readBuild2Deployment(value: unknown): ReadBody<Build2Deployment> {
  const { rows: Deployments, skipped } = usableRows(member(value, 'Deployments'), deploymentFields);
  const body = {
    ADOOrganizationName: textOrEmpty(member(value, 'ADOOrganizationName')),
    ADOProjectId: textOrEmpty(member(value, 'ADOProjectId')),
    ADOBuildId: Number(member(value, 'ADOBuildId')),
    Deployments,
  };
  return { body, skipped };
}

/** Reads the body of a D2B response. @throws UnreadableBodyError */
export function readDeployment2Build(value: unknown): ReadBody<Deployment2Build> {
  const { rows: Builds, skipped } = usableRows(member(value, 'Builds'), buildFields);
  const DeploymentSource = textOrEmpty(member(value, 'DeploymentSource'));
  const DeploymentId = textOrEmpty(member(value, 'DeploymentId'));
  return { body: { DeploymentSource, DeploymentId, Builds, ...hiddenBuildsIn(value) }, skipped };
}

/** Reads the body of a P2B response. @throws UnreadableBodyError */
export function readPayload2Build(value: unknown): ReadBody<Payload2Build> {
  const { rows: Builds, skipped } = usableRows(member(value, 'Builds'), buildFields);
  const DeploymentSource = textOrEmpty(member(value, 'DeploymentSource'));
  const Payload = textOrEmpty(member(value, 'Payload'));
  return { body: { DeploymentSource, Payload, Builds, ...hiddenBuildsIn(value) }, skipped };
}

/** There only where builds were left out, and the caller may know. */
function hiddenBuildsIn(value: unknown): { readonly HiddenBuilds?: number } {
  const count = Number(member(value, 'HiddenBuilds'));
  return Number.isSafeInteger(count) && count > 0 ? { HiddenBuilds: count } : {};
}

/** Reads the body of an answer with entities. @throws UnreadableBodyError */
export function readDeploymentEntities(value: unknown): ReadBody<DeploymentEntities> {
  const { rows: Entities, skipped } = usableRows(member(value, 'Entities'), entityFields);
  const token = member(value, 'ContinuationToken');
  const body = {
    DeploymentSource: textOrEmpty(member(value, 'DeploymentSource')),
    DeploymentId: textOrEmpty(member(value, 'DeploymentId')),
    State: textOrEmpty(member(value, 'State')),
    Progress: record(member(value, 'Progress'), progressFields),
    Payloads: usableRows(member(value, 'Payloads'), payloadFields).rows,
    Entities,
    ...(typeof token === 'string' && { ContinuationToken: token }),
  };
  return { body, skipped };
}

/** The counts, or nothing where they cannot be used: a deployment is worth showing without them. */
function progress(value: unknown): Progress | undefined {
  try {
    return value === undefined ? undefined : record(value, progressFields);
  } catch (error) {
    if (error instanceof UnreadableBodyError) return undefined;
    throw error;
  }
}
