/** Placements, newest first, each with how it came to be: a page of the Changes view, or the history of an environment. */
import type { Change, Changes } from '../../api/introspection/contract.ts';
import {
  type ChangesReading,
  continuationToken,
  readChangesQuery,
} from '../../api/introspection/parameters.ts';
import { readTime } from '../../api/introspection/times.ts';
import { wrongTokenOf } from '../../api/parameters.ts';
import type { ParameterReading } from '../../api/query.ts';
import { getKeptHistory, getPlacements } from '../../kusto/client/functions.ts';
import { objectOf, type Row, textOf, textsOf, timeOf } from '../../kusto/client/rows.ts';
import { placeIn, tokenOf } from '../lookups/continuation-token.ts';
import { neverRecorded } from '../lookups/deployment-parts.ts';
import type { Lookup } from '../lookups/lookup.ts';
import {
  findingsInAnyRow,
  leftOutOf,
  placementOf,
  projectNames,
  stepInBag,
  unknownProject,
} from './parts.ts';
import { servicesCall } from './services.ts';
import { earliest, mistakeOfFuture, newest, tooEarly } from './times.ts';
import { changesIn, projectsOfChanges } from './visible.ts';

/** The place of a placement in the order: newest first, then by key. */
interface Place {
  readonly time: string;
  readonly key: string;
}

interface ChangesKey extends ChangesReading {
  readonly after: Place;
}

const beginning: Place = { time: newest, key: '' };

export const deploymentsLookup: Lookup<ChangesKey, Changes> = {
  name: 'deployments',
  warmUp: callOf({
    organization: '-',
    project: '-',
    services: [],
    environments: [],
    states: [],
    buildId: undefined,
    commit: undefined,
    imageTag: undefined,
    deploymentId: undefined,
    author: undefined,
    from: undefined,
    to: undefined,
    measure: undefined,
    at: undefined,
    top: 1,
    continuationToken: undefined,
    after: beginning,
  }),
  read,
  cacheKey: (key) =>
    `deployments ${JSON.stringify([...queryOf(key), key.organization, key.project, key.top, key.after])}`,
  call: callOf,
  findingsIn: findingsInAnyRow,
  whenEmpty: servicesCall,
  beside: ({ organization, project, at }) =>
    at === undefined
      ? undefined
      : getKeptHistory.call({ AdoOrganizationName: organization, AdoProjectId: project }),
  projectOf: (key) => key,
  partOf: changesIn,
  result(key, findings, history) {
    if (findings.kind === 'unknown') return unknownProject(key);
    const horizon = history.map((row) => timeOf(row, 'Horizon')).find((time) => time !== null) ?? null;
    if (key.at !== undefined && (horizon === null || key.at < horizon)) return tooEarly(horizon);
    const rows = findings.kind === 'found' ? findings.rows : [];
    // One more than wanted was read, to know whether there are more.
    const page = rows.slice(0, key.top);
    const last = rows.length > key.top ? page.at(-1) : undefined;
    const changes = page.map(changeOf);
    return {
      kind: 'found',
      body: {
        ...projectNames(key),
        Changes: changes,
        ...(key.at !== undefined && { LeftOut: history.filter(isLeftOut).map(leftOutOf) }),
        ...(last && {
          ContinuationToken: tokenOf(queryOf(key), [timeOf(last, 'StartTime'), textOf(last, 'Key')]),
        }),
      },
      projects: projectsOfChanges(key, changes),
    };
  },
};

/** All states of what has a horizon are kept. */
function isLeftOut(row: Row): boolean {
  return timeOf(row, 'Horizon') === null;
}

function read(rawQuery: string): ParameterReading<ChangesKey> {
  const reading = readChangesQuery(rawQuery);
  if (!reading.ok) return reading;
  const { continuationToken: token, at } = reading.values;
  const future = mistakeOfFuture('at', at);
  if (future) return { ok: false, mistakes: [future] };
  const after = token === undefined ? beginning : readPlace(placeIn(queryOf(reading.values), token));
  return after
    ? { ok: true, values: { ...reading.values, after } }
    : { ok: false, mistakes: [wrongTokenOf(continuationToken)] };
}

function readPlace([text, key]: readonly unknown[] = []): Place | undefined {
  const time = typeof text === 'string' ? readTime(text) : undefined;
  return time !== undefined && typeof key === 'string' ? { time, key } : undefined;
}

/** What pages must agree in. */
function queryOf(key: ChangesReading): readonly unknown[] {
  const { organization, project, services, environments, states, at = null } = key;
  const { buildId, commit, imageTag, deploymentId, author, from, to, measure } = key;
  return [
    'deployments',
    organization.toLowerCase(),
    project.toLowerCase(),
    services,
    environments,
    states,
    at,
    ...[buildId, commit, imageTag, deploymentId, author, from, to, measure].map((value) => value ?? null),
  ];
}

function callOf(key: ChangesKey) {
  return getPlacements.call({
    AdoOrganizationName: key.organization,
    AdoProjectId: key.project,
    Services: key.services,
    Environments: key.environments,
    States: key.states,
    Authors: key.author === undefined ? [] : [key.author],
    BuildId: key.buildId ?? 0,
    CommitPrefix: key.commit ?? '',
    ImageTag: key.imageTag ?? '',
    DeploymentId: key.deploymentId ?? '',
    Measure: key.measure ?? '',
    From: key.from ?? earliest,
    To: key.to ?? newest,
    AfterTime: key.after.time,
    AfterKey: key.after.key,
    Top: key.top + 1,
    At: key.at ?? newest,
  });
}

function changeOf(row: Row): Change {
  return {
    Placement: placementOf(row),
    Author: textOf(row, 'Author'),
    Ring: textOf(row, 'Ring'),
    MetadataUpdate: stepInBag(objectOf(row, 'MetadataUpdate')),
    Approval: stepInBag(objectOf(row, 'Approval')),
    MergedBy: textOf(row, 'MergedBy'),
    ReadyToDeploy: stepInBag(objectOf(row, 'ReadyToDeploy')),
    SyncedClusters: textsOf(row, 'SyncedClusters'),
    LastUpdateTime: timeOf(row, 'LastUpdateTime') ?? neverRecorded,
  };
}
