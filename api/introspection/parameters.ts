/** The parameters of the lookups of introspection, and how each lookup reads them. See `api/query.ts`. */
import { Type } from 'typebox';
import type { DeploymentSource } from '../contract.ts';
import { deploymentIdForms } from '../identifier-forms.ts';
import type { ProjectKey } from '../keys.ts';
import {
  build,
  continuationTokenOf,
  deploymentId,
  organization,
  project,
  source,
  statesOf,
  topOf,
} from '../parameters.ts';
import {
  isComplete,
  type Parameter,
  type ParameterDescription,
  type ParameterReading,
  Query,
} from '../query.ts';
import type { DeploymentState } from '../states.ts';
import { type MeasureName, measureNames } from './contract.ts';
import type { IntrospectionLookupName } from './paths.ts';
import { readTime, type TimeText, timeForm } from './times.ts';

const mostNames = 50;
const longestName = 256;

const named = (name: string, what: string): Parameter<readonly string[]> => ({
  name,
  description: `Only these ${what}: whole names in any case, separated by commas; a comma or backslash within a name has a backslash before it.`,
  isOptional: true,
  maxLength: 4_000,
  rightForm: `at most ${mostNames} names of ${what}, each of at most ${longestName} characters, separated by commas (a comma within a name is written \\,)`,
  isFreeText: true,
  schema: Type.String({ minLength: 1, maxLength: 4_000 }),
  read: namesIn,
});

const services = named('service', 'services');
const environments = named('environment', 'environments');

const one = (parameter: Parameter<readonly string[]>, description: string): Parameter<string> => ({
  ...parameter,
  description,
  isOptional: false,
  rightForm: `one name of at most ${longestName} characters (a comma within it is written \\,)`,
  read(text) {
    const [name, ...others] = parameter.read(text) ?? [];
    return others.length === 0 ? name : undefined;
  },
});
const service = one(services, 'Name of the service of the placement.');
const environment = one(environments, 'Name of its environment.');

const moment = (name: string, description: string): Parameter<TimeText> => ({
  name,
  description,
  isOptional: true,
  maxLength: 40,
  rightForm: timeForm,
  schema: Type.String({ minLength: 10, maxLength: 40 }),
  read: readTime,
});
const at = moment('at', 'The time to look back to; without it, now. See `Horizon` for how far that goes.');
const from = moment('from', 'Only deployments that began then or later.');
const to = moment('to', 'Only deployments that began then or earlier.');
const measuredFrom = moment(
  'from',
  'Begin of the time that is measured; without it, 90 days before its end.',
);
const measuredTo = moment('to', 'Its end; without it, now.');

const text = (name: string, description: string): Parameter<string> => ({
  name,
  description,
  isOptional: true,
  maxLength: 256,
  rightForm: 'a text of at most 256 characters',
  isFreeText: true,
  schema: Type.String({ minLength: 1, maxLength: 256 }),
  read: (value) => value,
});
const imageTag = text(
  'imageTag',
  'Only what was deployed under this version, such as an image tag; case does not matter.',
);
const author = text('author', 'Only what this person made or asked for; case does not matter.');
const repository = text(
  'repositoryId',
  'Id or name of the repository of the pull request; needed where several have one of this number.',
);

const commitForm: Omit<Parameter<string>, 'name' | 'description'> = {
  example: '4a5b6c7',
  maxLength: 64,
  rightForm: 'a commit id, or at least its first 7 hexadecimal digits',
  schema: Type.String({ minLength: 7, maxLength: 64, pattern: '^[0-9A-Fa-f]{7,64}$' }),
  read: (value) => (/^[0-9a-f]{7,64}$/i.test(value) ? value.toLowerCase() : undefined),
};
const builtCommit: Parameter<string> = {
  ...commitForm,
  name: 'commit',
  description: 'Only deployments of this commit: its id, or at least the first 7 digits.',
  isOptional: true,
};
const commitId: Parameter<string> = {
  ...commitForm,
  name: 'id',
  description: 'The commit id, or at least its first 7 digits; fewer than all must not mean several commits.',
};

const numberId = (what: string): Parameter<number> => ({
  ...build,
  name: 'id',
  description: `Id of the ${what}.`,
  example: 7,
});
const pullRequestId = numberId('pull request');
const workItemId = numberId('work item');

const optional = <T>(parameter: Parameter<T>, name: string, description: string): Parameter<T> => {
  const { example: _, ...rest } = parameter;
  return { ...rest, name, description, isOptional: true };
};
const buildId = optional(build, 'buildId', 'Only deployments of this build.');
const onlyDeployment = optional(deploymentId, 'deploymentId', 'Only this deployment.');
const since = optional(
  deploymentId,
  'since',
  'Id of the deployment to compare with; without it, the successful one before it in the environment.',
);
const anyProject = optional(
  project,
  'adoProjectId',
  'Azure DevOps project id; without it, all projects of the organization.',
);

const measure: Parameter<MeasureName> = {
  name: 'measure',
  description: `Only the deployments that a measure counts: ${measureNames.join(', ')}; case does not matter.`,
  isOptional: true,
  maxLength: 40,
  rightForm: `one of ${measureNames.join(', ')}`,
  schema: Type.String({ enum: [...measureNames] }),
  read: (value) => measureNames.find((name) => name.toLowerCase() === value.toLowerCase()),
};

const cellStates = statesOf('cells whose current placement, or one since, is');
const states = statesOf('deployments');
const usualTop = 50;
const serviceTop = topOf('services', usualTop, 200);
const deploymentTop = topOf('deployments', usualTop, 500);

/** Goes with the same parameters; only `top` may differ. */
export const continuationToken: Parameter<string> = continuationTokenOf('parameters');

/** A parameter in the query, or in the path. */
export interface LookupParameter extends ParameterDescription {
  readonly inPath?: boolean;
}

/** The parameters of each lookup, in the order of the documentation; those in the path first. */
export const introspectionParameters: Readonly<Record<IntrospectionLookupName, readonly LookupParameter[]>> =
  {
    environments: [
      organization,
      project,
      services,
      environments,
      cellStates,
      at,
      serviceTop,
      continuationToken,
    ],
    services: [organization, project],
    deployments: [
      organization,
      project,
      services,
      environments,
      buildId,
      builtCommit,
      imageTag,
      onlyDeployment,
      author,
      states,
      from,
      to,
      measure,
      at,
      deploymentTop,
      continuationToken,
    ],
    news: [organization, project, service, environment, source, deploymentId, since],
    commit: [{ ...commitId, inPath: true }, organization, anyProject],
    pullRequest: [{ ...pullRequestId, inPath: true }, organization, project, repository],
    workItem: [{ ...workItemId, inPath: true }, organization, project],
    measures: [organization, project, services, environments, measuredFrom, measuredTo],
    settings: [organization, project],
  };

/** Services and environments by name; all of them, where there are none. */
export interface PlacesReading extends ProjectKey {
  readonly services: readonly string[];
  readonly environments: readonly string[];
}

/** A query for a page of the matrix: what it leaves out has its default. */
export interface EnvironmentsReading extends PlacesReading {
  readonly states: readonly DeploymentState[];
  readonly at: TimeText | undefined;
  readonly top: number;
  readonly continuationToken: string | undefined;
}

/** A query for a page of placements. */
export interface ChangesReading extends EnvironmentsReading {
  readonly buildId: number | undefined;
  readonly commit: string | undefined;
  readonly imageTag: string | undefined;
  readonly deploymentId: string | undefined;
  readonly author: string | undefined;
  readonly from: TimeText | undefined;
  readonly to: TimeText | undefined;
  readonly measure: MeasureName | undefined;
}

export interface NewsReading extends ProjectKey {
  readonly service: string;
  readonly environment: string;
  readonly source: DeploymentSource;
  readonly deploymentId: string;
  readonly since: string | undefined;
}

export interface CommitReading {
  readonly organization: string;
  readonly project: string | undefined;
  /** In lower case; perhaps only its beginning. */
  readonly commit: string;
}

export interface PullRequestReading extends ProjectKey {
  readonly pullRequest: number;
  readonly repository: string | undefined;
}

export interface WorkItemReading extends ProjectKey {
  readonly workItem: number;
}

export interface MeasuresReading extends PlacesReading {
  readonly from: TimeText | undefined;
  readonly to: TimeText | undefined;
}

/** Reads the parameters that name a project alone, from a raw query string. */
export function readProjectKey(rawQuery: string): ParameterReading<ProjectKey> {
  const query = new Query(rawQuery);
  return readingOf(query, projectIn(query), {});
}

/** Reads the parameters of a page of the matrix. */
export function readEnvironmentsQuery(rawQuery: string): ParameterReading<EnvironmentsReading> {
  const query = new Query(rawQuery);
  return readingOf(query, projectIn(query), {
    ...placesIn(query),
    states: query.readOptional(cellStates) ?? [],
    at: query.readOptional(at),
    top: query.readOptional(serviceTop) ?? usualTop,
    continuationToken: query.readOptional(continuationToken),
  });
}

/** Reads the parameters of a page of placements. */
export function readChangesQuery(rawQuery: string): ParameterReading<ChangesReading> {
  const query = new Query(rawQuery);
  const range = rangeIn(query, from, to);
  return readingOf(query, projectIn(query), {
    ...placesIn(query),
    ...range,
    buildId: query.readOptional(buildId),
    commit: query.readOptional(builtCommit),
    imageTag: query.readOptional(imageTag),
    deploymentId: query.readOptional(onlyDeployment),
    author: query.readOptional(author),
    states: query.readOptional(states) ?? [],
    measure: query.readOptional(measure),
    at: query.readOptional(at),
    top: query.readOptional(deploymentTop) ?? usualTop,
    continuationToken: query.readOptional(continuationToken),
  });
}

/** Reads the parameters of what a placement brought. */
export function readNewsQuery(rawQuery: string): ParameterReading<NewsReading> {
  const query = new Query(rawQuery);
  const orchestrator = query.read(source);
  const required = {
    ...projectIn(query),
    service: query.read(service),
    environment: query.read(environment),
    source: orchestrator,
    deploymentId: query.read(deploymentId, orchestrator && deploymentIdForms[orchestrator]),
  };
  return readingOf(query, required, { since: query.readOptional(since) });
}

/** Reads a commit. @param id from the path */
export function readCommitQuery(rawQuery: string, id: string): ParameterReading<CommitReading> {
  const query = new Query(rawQuery);
  const required = { organization: query.read(organization), commit: query.readFrom(commitId, id) };
  return readingOf(query, required, { project: query.readOptional(anyProject) });
}

/** Reads a pull request. @param id from the path */
export function readPullRequestQuery(rawQuery: string, id: string): ParameterReading<PullRequestReading> {
  const query = new Query(rawQuery);
  const required = { ...projectIn(query), pullRequest: query.readFrom(pullRequestId, id) };
  return readingOf(query, required, { repository: query.readOptional(repository) });
}

/** Reads a work item. @param id from the path */
export function readWorkItemQuery(rawQuery: string, id: string): ParameterReading<WorkItemReading> {
  const query = new Query(rawQuery);
  return readingOf(query, { ...projectIn(query), workItem: query.readFrom(workItemId, id) }, {});
}

/** Reads the parameters of the measures. */
export function readMeasuresQuery(rawQuery: string): ParameterReading<MeasuresReading> {
  const query = new Query(rawQuery);
  const range = rangeIn(query, measuredFrom, measuredTo);
  return readingOf(query, projectIn(query), { ...placesIn(query), ...range });
}

function projectIn(query: Query) {
  return { organization: query.read(organization), project: query.read(project) };
}

function placesIn(query: Query) {
  return {
    services: query.readOptional(services) ?? [],
    environments: query.readOptional(environments) ?? [],
  };
}

function rangeIn(query: Query, begin: Parameter<TimeText>, end: Parameter<TimeText>) {
  const range = { from: query.readOptional(begin), to: query.readOptional(end) };
  if (range.from !== undefined && range.to !== undefined && range.from > range.to)
    query.mistakes.push({
      target: end.name,
      message: `${end.name} is earlier than ${begin.name}; it must be later.`,
    });
  return range;
}

function readingOf<Needed extends object, Rest extends object>(
  query: Query,
  needed: Needed,
  rest: Rest,
): ParameterReading<{ [Name in keyof Needed]: NonNullable<Needed[Name]> } & Rest> {
  return query.mistakes.length === 0 && isComplete(needed)
    ? { ok: true, values: { ...needed, ...rest } }
    : { ok: false, mistakes: query.mistakes };
}

/** The names in a list, each once; undefined if there are none or too many, or if one is too long. */
function namesIn(list: string): readonly string[] | undefined {
  const written = list.match(/(?:\\[\\,]|[^,])+/g) ?? [];
  const names = written.map((name) => name.replace(/\\([\\,])/g, '$1').trim()).filter((name) => name !== '');
  const isValid =
    names.length > 0 && names.length <= mostNames && names.every((name) => name.length <= longestName);
  return isValid ? [...new Set(names)] : undefined;
}
