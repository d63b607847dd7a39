/**
 * The data set of the benchmark: a project whose services are deployed round by round to five environments, each build
 * one round later to the next environment, in the five months before this one. Every placement has three states, each
 * an entity change event and a row of `Placement`, as the jobs would have made them; every build has three commits.
 * Rows are computed from their indexes, so that the same sizes give the same rows.
 */
import { csv, type TableLoad } from '../filled-folder.ts';

export interface Sizes {
  readonly services: number;
  readonly events: number;
  /** The first of this month, in ISO form: the end of the history. */
  readonly end: string;
}

export const organization = 'contoso';
export const project = '00000001-0000-4000-8000-000000000001';
const environments = ['dev', 'test', 'staging', 'prod-eu', 'prod-us'];
const tiers = ['development', 'test', 'staging', 'production', 'production'];
const statesOfPlacement = ['notStarted', 'inProgress', 'ended'];
const commitsOfBuild = 3;
const branch = 'refs/heads/main';
const days = 150;
const minute = 60_000;
const site = `https://dev.azure.com/${organization}/${project}`;

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const guid = (kind: number, value: number) => `${hex(kind, 8)}-0000-4000-8000-${hex(value, 12)}`;
const ticks = (milliseconds: number) => new Date(milliseconds).toISOString().replace('Z', '0000Z');

/** Rounds of deployments of each service. */
export function roundsOf({ services, events }: Sizes): number {
  return Math.max(1, Math.floor(events / (services * environments.length * statesOfPlacement.length)));
}

/** When a round starts for a service. */
export function timeOfRound(sizes: Sizes, service: number, round: number): number {
  const rounds = roundsOf(sizes);
  const length = (days * 24 * 60 * minute) / rounds;
  return (
    Date.parse(sizes.end) - (rounds - round) * length + Math.floor((service * length) / sizes.services / 2)
  );
}

/** The build of a service that is made in a round. */
export function buildId({ services }: Sizes, service: number, round: number): number {
  return 1_000_000 + round * services + service;
}

/** The commit at a place among those of a build, newest first. */
export function commitId(sizes: Sizes, service: number, round: number, position: number): string {
  return hex(buildId(sizes, service, round) * commitsOfBuild + position, 10).repeat(4);
}

/** A build as the tables have it. */
function buildOf(sizes: Sizes, service: number, round: number) {
  const id = buildId(sizes, service, round);
  const time = timeOfRound(sizes, service, round);
  return {
    id,
    time,
    number: `${round}.${service}`,
    url: `${site}/_build/results?buildId=${id}`,
    pipeline: service + 1,
    name: `service-${hex(service, 4)}`,
    repository: guid(2, service),
    commit: commitId(sizes, service, round, 0),
    payload: `${organization}/${project}/${id}`,
  };
}

/** One state of a placement: the last build of its round that the environment gets. */
function stateAt(sizes: Sizes, index: number) {
  const { services } = sizes;
  const state = index % statesOfPlacement.length;
  const placement = Math.floor(index / statesOfPlacement.length);
  const service = placement % services;
  const place = Math.floor(placement / services) % environments.length;
  const round = Math.floor(placement / services / environments.length);
  const environment = environments[place] ?? '';
  const build = buildOf(sizes, service, Math.max(0, round - place));
  const attempt = Math.max(0, place - round);
  const start = timeOfRound(sizes, service, round) + (place * 30 + 20) * minute;
  const end = start + (5 + place) * minute;
  const isFailed = (service + round * 7 + place) % 20 === 0;
  const runsStill = round === roundsOf(sizes) - 1 && place === 0 && service % 10 === 0;
  const word = state < 2 ? (statesOfPlacement[state] ?? '') : isFailed ? 'failed' : 'succeeded';
  const deployment = `${build.payload}/deploy_${environment}${attempt > 0 ? `_${attempt}` : ''}`;
  return {
    build,
    environment,
    deployment,
    key: `azurepipelines/${deployment}/${project}/${build.id}`,
    kind: round <= place ? (round === 0 ? 'first' : 'redeployment') : 'forward',
    word,
    isThere: !(runsStill && state === 2),
    date: [start - minute, start, end][state] ?? end,
    start,
    end: state === 2 ? end : undefined,
  };
}

function* placementRows(sizes: Sizes, from: number, to: number): Generator<string> {
  for (let index = from; index < to; index++) {
    const { build, environment, deployment, key, word, isThere, date, start, end } = stateAt(sizes, index);
    if (!isThere) continue;
    const url = `${build.url}&view=logs&s=${guid(5, build.id)}`;
    yield csv([
      ...[
        organization,
        project,
        key,
        ticks(date),
        ticks(date),
        'azurepipelines',
        deployment,
        deployment,
        url,
      ],
      ...[project, build.id, environment, word, word === 'inProgress' ? 'running' : word, build.name],
      ...[ticks(start), end === undefined ? '' : ticks(end), `${build.pipeline}/`, '', build.number],
      ...[build.id, build.number, build.url, build.pipeline, build.name, build.repository, branch],
      ...[build.commit, `author-${build.id % 50}@contoso.com`, 'false'],
    ]);
  }
}

function* kindRows(sizes: Sizes, from: number, to: number): Generator<string> {
  for (let index = from; index < to; index++) {
    const { build, key, kind, start } = stateAt(sizes, index * statesOfPlacement.length);
    yield csv([ticks(start), organization, project, key, kind, '', build.id * 1000 + 999]);
  }
}

function* eventRows(sizes: Sizes, from: number, to: number): Generator<string> {
  for (let index = from; index < to; index++) {
    const { build, environment, deployment, word, isThere, date, start } = stateAt(sizes, index);
    if (!isThere) continue;
    const metadata = JSON.stringify({
      Url: build.url,
      RunUrl: build.url,
      Environment: environment,
      Attempt: 1,
    });
    yield csv([
      ...['1', ticks(date), ticks(start), ticks(date), 'stage', `deploy_${environment}`, 'Deployment'],
      ...[`${build.name}=${build.number}`, build.payload, deployment, deployment, quoted(metadata)],
      ...['azurepipelines', '', '', build.name, 'Pipeline', word, ticks(date)],
    ]);
  }
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

function* rowsOfBuilds(
  sizes: Sizes,
  from: number,
  to: number,
  rowOf: (build: ReturnType<typeof buildOf>, service: number, round: number) => string,
): Generator<string> {
  for (let index = from; index < to; index++) {
    const [service, round] = [index % sizes.services, Math.floor(index / sizes.services)];
    yield rowOf(buildOf(sizes, service, round), service, round);
  }
}

function buildEvent({
  id,
  time,
  number,
  url,
  pipeline,
  name,
  repository,
  commit,
}: ReturnType<typeof buildOf>) {
  const author = `author-${id % 50}@contoso.com`;
  return csv([
    ...[
      guid(3, id),
      ticks(time),
      ticks(time),
      organization,
      project,
      pipeline,
      name,
      id,
      number,
      'completed',
    ],
    ...['succeeded', ticks(time), ticks(time), ticks(time + 10 * minute), branch, commit, repository],
    ...['individualCI', author, url, '', '', '', 'build.complete', `https://dev.azure.com/${organization}`],
  ]);
}

/** The tables in the order in which they are filled. */
export function loadsOf(sizes: Sizes): readonly TableLoad[] {
  const { services } = sizes;
  const builds = roundsOf(sizes) * services;
  const states = builds * environments.length * statesOfPlacement.length;
  const ofBuilds = (rowOf: Parameters<typeof rowsOfBuilds>[3]): Omit<TableLoad, 'table'> => ({
    count: builds,
    rows: (from, to) => rowsOfBuilds(sizes, from, to, rowOf),
  });
  return [
    {
      table: 'ServiceName',
      count: services,
      rows: (from, to) =>
        rowsOfBuilds(sizes, from, to, ({ pipeline, name, time }) =>
          csv([ticks(time), organization, project, `${pipeline}/`, name, 'true', name, '', name, '']),
        ),
    },
    {
      table: 'EnvironmentLabel',
      count: environments.length,
      rows: () =>
        environments.map((name, place) =>
          csv([sizes.end, organization, project, name, name, 1000 + place, tiers[place] ?? '', 'true']),
        ),
    },
    {
      table: 'PushEvent',
      count: services,
      rows: (from, to) =>
        rowsOfBuilds(sizes, from, to, ({ id, time, repository, name, commit }) =>
          csv([
            ...[guid(4, id), ticks(time), ticks(time), organization, project, repository, name, id],
            ...[ticks(time), 'author', 'author', branch, '', commit, '', '', '', '', '', 'git.push', ''],
          ]),
        ),
    },
    { table: 'BuildEvent', ...ofBuilds(buildEvent) },
    {
      table: 'Build2Payload',
      ...ofBuilds(({ time, id, url, payload }) =>
        csv([ticks(time), organization, project, id, url, payload, 'ado', 'azurepipelines']),
      ),
    },
    {
      table: 'BuildChange',
      count: builds * commitsOfBuild,
      *rows(from, to) {
        for (let index = from; index < to; index++) {
          const position = index % commitsOfBuild;
          const number = Math.floor(index / commitsOfBuild);
          const [service, round] = [number % services, Math.floor(number / services)];
          const { id, pipeline, repository, time, name } = buildOf(sizes, service, round);
          const commit = commitId(sizes, service, round, position);
          yield csv([
            ...[
              organization,
              project,
              id,
              pipeline,
              branch,
              repository,
              position,
              commit,
              `${name}: ${commit}`,
            ],
            ...['author', ticks(time - position * minute), `${site}/_git/${name}/commit/${commit}`, 'true'],
          ]);
        }
      },
    },
    {
      table: 'BuildWorkItem',
      ...ofBuilds(({ id, pipeline }) =>
        csv([
          organization,
          project,
          id,
          pipeline,
          branch,
          id % 100_000,
          `${site}/_workitems/edit/${id % 100_000}`,
        ]),
      ),
    },
    { table: 'Placement', count: states, rows: (from, to) => placementRows(sizes, from, to) },
    {
      table: 'PlacementKind',
      count: states / statesOfPlacement.length,
      rows: (from, to) => kindRows(sizes, from, to),
    },
    { table: 'EntityChangeEvent', count: states, rows: (from, to) => eventRows(sizes, from, to) },
  ];
}
