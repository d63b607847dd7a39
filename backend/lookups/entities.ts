/** The entities of a deployment: its regions, clusters, nodes or jobs, one page of them. A part of B2D. */
import type { DeploymentEntities, Entity } from '../../api/contract.ts';
import { type ProjectKey, projectIdOf } from '../../api/keys.ts';
import { type EntitiesReading, readEntitiesQuery, wrongContinuationToken } from '../../api/parameters.ts';
import type { ParameterReading } from '../../api/query.ts';
import { getDeploymentEntitiesPage } from '../../kusto/client/functions.ts';
import { numberOf, objectsOf, type Row, textOf, timeOf } from '../../kusto/client/rows.ts';
import { anyKey } from '../cache/answer-cache.ts';
import { placeIn, tokenOf } from './continuation-token.ts';
import { neverRecorded, payloadOf, progressOf } from './deployment-parts.ts';
import type { Lookup, PartialSight, ProjectOfAnswer } from './lookup.ts';
import { unknownDeployment } from './unknown-deployment.ts';

/** The place of an entity in the order: see EntityRows.kql. */
interface Place {
  readonly order: number;
  readonly type: string;
  readonly id: string;
}

/** Before all entities. */
export const beginning: Place = { order: 0, type: '', id: '' };

/** A page of entities. */
export interface EntitiesKey extends EntitiesReading {
  readonly after: Place;
}

export const entitiesOfDeployment: Lookup<EntitiesKey, DeploymentEntities> = {
  name: 'entities',
  warmUp: callOf({
    source: 'expressv2',
    id: '-',
    states: [],
    type: undefined,
    top: 1,
    continuationToken: undefined,
    after: beginning,
  }),
  read,
  cacheKey: ({ source, id, states, type, top, after }) =>
    `entities ${JSON.stringify([source, id, states, type, top, after])}`,
  changesWith: ({ source, id }) => buildThatDeploys(source, id),
  call: callOf,
  result(key, findings) {
    // Every deployment has entities, so nothing is ever known of one and nothing of them.
    if (findings.kind !== 'found') return unknownDeployment(key);
    const [deployment, ...page] = findings.rows;
    if (!deployment) return unknownDeployment(key);
    // One more than wanted was read, to know whether there are more.
    const rows = page.slice(0, key.top);
    const last = page.length > key.top ? rows.at(-1) : undefined;
    return {
      kind: 'found',
      body: {
        DeploymentSource: key.source,
        DeploymentId: key.id,
        State: textOf(deployment, 'State'),
        Progress: progressOf(deployment),
        Payloads: objectsOf(deployment, 'Payloads').map(payloadOf),
        Entities: rows.map(entityOf),
        ...(last && { ContinuationToken: tokenOf(queryOf(key), placeOf(last)) }),
      },
      projects: projectsOf(objectsOf(deployment, 'Builds')),
    };
  },
  partOf: withoutHiddenPayloads,
};

/** The projects of rows, each once, with the payloads of its builds. */
function projectsOf(rows: readonly Row[]): ProjectOfAnswer[] {
  const projects = new Map<string, ProjectKey & { readonly payloads: string[] }>();
  for (const row of rows) {
    const key = { organization: textOf(row, 'OrganizationName'), project: textOf(row, 'ProjectId') };
    const project = projects.get(projectIdOf(key)) ?? { ...key, payloads: [] };
    project.payloads.push(textOf(row, 'Payload').toLowerCase());
    projects.set(projectIdOf(key), project);
  }
  return [...projects.values()];
}

/** State and progress are the whole deployment's for every reader; payloads of hidden builds alone are not named. */
function withoutHiddenPayloads(
  body: DeploymentEntities,
  { sees, projects }: PartialSight,
): DeploymentEntities {
  const visible = new Set(projects.filter(sees).flatMap(({ payloads = [] }) => payloads));
  const all = new Set(projects.flatMap(({ payloads = [] }) => payloads));
  const isShown = (payload: string): boolean =>
    visible.has(payload.toLowerCase()) || !all.has(payload.toLowerCase());
  return {
    ...body,
    Payloads: body.Payloads.filter(({ Id }) => isShown(Id)),
    Entities: body.Entities.map((entity) => (isShown(entity.Payload) ? entity : { ...entity, Payload: '' })),
  };
}

/**
 * The build of whose events the changelog tells when a deployment of Azure Pipelines changes: its run, which the id
 * begins with. A classic release may deploy any build. Of other deployments the changelog knows nothing.
 */
function buildThatDeploys(source: string, id: string): string | undefined {
  if (source !== 'azurepipelines') return undefined;
  return /^[^/]+\/[^/]+\/\d+(?=\/)/.exec(id)?.[0] ?? anyKey;
}

function read(rawQuery: string): ParameterReading<EntitiesKey> {
  const reading = readEntitiesQuery(rawQuery);
  if (!reading.ok) return reading;
  const { continuationToken } = reading.values;
  const after =
    continuationToken === undefined
      ? beginning
      : readPlace(placeIn(queryOf(reading.values), continuationToken));
  return after
    ? { ok: true, values: { ...reading.values, after } }
    : { ok: false, mistakes: [wrongContinuationToken] };
}

function callOf({ source, id, states, type, top, after }: EntitiesKey) {
  return getDeploymentEntitiesPage.call({
    DeploymentSource: source,
    DeploymentId: id,
    States: states,
    Types: type === undefined ? [] : [type],
    AfterOrder: after.order,
    AfterType: after.type,
    AfterId: after.id,
    Top: top + 1,
  });
}

function entityOf(row: Row): Entity {
  return {
    Type: textOf(row, 'EntityType'),
    Id: textOf(row, 'EntityId'),
    State: textOf(row, 'State'),
    ChangeState: textOf(row, 'ChangeState'),
    Payload: textOf(row, 'Payload'),
    StartTime: timeOf(row, 'StartTime'),
    EndTime: timeOf(row, 'EndTime'),
    LastUpdateTime: timeOf(row, 'LastUpdatedTime') ?? neverRecorded,
    PlannedInterruption: textOf(row, 'PlannedInterruption'),
    ImpactDuration: textOf(row, 'ImpactDuration'),
  };
}

function placeOf(row: Row): [order: number, type: string, id: string] {
  return [numberOf(row, 'Order') ?? 0, textOf(row, 'EntityType'), textOf(row, 'EntityId')];
}

function readPlace([order, type, id]: readonly unknown[] = []): Place | undefined {
  const isPlace = Number.isSafeInteger(order) && typeof type === 'string' && typeof id === 'string';
  return isPlace ? { order: Number(order), type, id } : undefined;
}

/** What pages must agree in. */
function queryOf({ source, id, states, type }: EntitiesReading): readonly unknown[] {
  return [source, id.toLowerCase(), states, type?.toLowerCase() ?? null];
}
