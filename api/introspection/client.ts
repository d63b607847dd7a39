/**
 * The typed client of introspection, for the pages and the CLI. It needs nothing but `fetch`. Lookups return what
 * was found, or that the project, commit, pull request or work item is not known.
 */
import type { ReadBody } from '../body-fields.ts';
import { ClientError } from '../client-error.ts';
import type { ProjectKey } from '../keys.ts';
import {
  ApiRequests,
  type ClientOptions,
  type Found,
  type LookupAnswer,
  type LookupCallOptions,
  type Unknown,
} from '../requests.ts';
import {
  readChanges,
  readEnvironments,
  readMeasures,
  readNews,
  readSavedSettings,
  readServices,
  readSettingsPreview,
  readWhereabouts,
} from './bodies.ts';
import type {
  Changes,
  Environments,
  Measures,
  News,
  ProjectSettings,
  SavedSettings,
  Services,
  SettingsPreview,
  Whereabouts,
} from './contract.ts';
import { introspectionPaths } from './paths.ts';
import type {
  ChangesQuery,
  CommitQuery,
  EnvironmentsQuery,
  MeasuresQuery,
  NewsQuery,
  PullRequestQuery,
  WorkItemQuery,
} from './queries.ts';

/** Somebody else saved settings first: `currentVersion` is theirs, if the answer names it. */
export interface Conflict {
  readonly kind: 'conflict';
  readonly currentVersion: number | undefined;
  readonly message: string;
}

export type SaveAnswer = { readonly kind: 'saved'; readonly body: SavedSettings } | Conflict | Unknown;

export interface IntrospectionClient {
  /** Gets a page of the matrix of services and environments. @throws ClientError */
  getEnvironments(
    query: EnvironmentsQuery,
    options?: LookupCallOptions<Environments>,
  ): Promise<LookupAnswer<Environments>>;
  /** Gets all services of a project. @throws ClientError */
  getServices(project: ProjectKey, options?: LookupCallOptions<Services>): Promise<LookupAnswer<Services>>;
  /** Gets a page of placements with how they came to be, newest first. @throws ClientError */
  getChanges(query: ChangesQuery, options?: LookupCallOptions<Changes>): Promise<LookupAnswer<Changes>>;
  /** Gets what a placement brought. @throws ClientError */
  getNews(query: NewsQuery, options?: LookupCallOptions<News>): Promise<LookupAnswer<News>>;
  /** Gets how far a commit has come. @throws ClientError */
  getCommit(query: CommitQuery, options?: LookupCallOptions<Whereabouts>): Promise<LookupAnswer<Whereabouts>>;
  /** Gets how far a pull request has come. @throws ClientError */
  getPullRequest(
    query: PullRequestQuery,
    options?: LookupCallOptions<Whereabouts>,
  ): Promise<LookupAnswer<Whereabouts>>;
  /** Gets how far a work item has come. @throws ClientError */
  getWorkItem(
    query: WorkItemQuery,
    options?: LookupCallOptions<Whereabouts>,
  ): Promise<LookupAnswer<Whereabouts>>;
  /** Gets the measures of delivery. @throws ClientError */
  getMeasures(query: MeasuresQuery, options?: LookupCallOptions<Measures>): Promise<LookupAnswer<Measures>>;
  /** Gets the settings of a project; version 0 if none were ever saved. @throws ClientError */
  getSettings(
    project: ProjectKey,
    options?: LookupCallOptions<SavedSettings>,
  ): Promise<LookupAnswer<SavedSettings>>;
  /** Saves settings in place of those of `version`. @throws ClientError `badRequest` names the mistakes in `details` */
  saveSettings(
    project: ProjectKey,
    replacement: { readonly version: number; readonly settings: ProjectSettings },
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<SaveAnswer>;
  /** Gets what settings would match, and saves nothing. @throws ClientError `badRequest` names the mistakes in `details` */
  previewSettings(
    project: ProjectKey,
    settings: ProjectSettings,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Found<SettingsPreview> | Unknown>;
}

/**
 * Creates a client. Nothing is sent before the first call.
 *
 * @throws TypeError if `baseUrl` is not an http(s) URL
 */
export function createIntrospectionClient(options: ClientOptions): IntrospectionClient {
  const requests = new ApiRequests(options);
  const lookup =
    <Query, Body>(
      pathOf: (query: Query) => string,
      parametersOf: (query: Query) => WireParameters,
      read: (value: unknown) => ReadBody<Body>,
    ) =>
    (query: Query, callOptions: LookupCallOptions<Body> = {}): Promise<LookupAnswer<Body>> =>
      requests.ask(pathOf(query), presentIn(parametersOf(query)), read, callOptions);

  return {
    getEnvironments: lookup(
      () => introspectionPaths.environments,
      (query: EnvironmentsQuery) => ({ ...placesOf(query), ...pageOf(query), state: listOf(query.states) }),
      readEnvironments,
    ),
    getServices: lookup(() => introspectionPaths.services, projectOf, readServices),
    getChanges: lookup(
      () => introspectionPaths.deployments,
      ({
        buildId,
        commit,
        imageTag,
        deploymentId,
        author,
        states,
        from,
        to,
        measure,
        ...query
      }: ChangesQuery) => ({
        ...placesOf(query),
        buildId,
        commit,
        imageTag,
        deploymentId,
        author,
        state: listOf(states),
        from,
        to,
        measure,
        ...pageOf(query),
      }),
      readChanges,
    ),
    getNews: lookup(
      () => introspectionPaths.news,
      ({ service, environment, source, deploymentId, since, ...project }: NewsQuery) => ({
        ...projectOf(project),
        service: listOf([service]),
        environment: listOf([environment]),
        deploymentSource: source,
        deploymentId,
        since,
      }),
      readNews,
    ),
    getCommit: lookup(
      ({ commit }: CommitQuery) => pathWith(introspectionPaths.commit, commit),
      projectOf,
      readWhereabouts,
    ),
    getPullRequest: lookup(
      ({ pullRequest }: PullRequestQuery) => pathWith(introspectionPaths.pullRequest, String(pullRequest)),
      (query) => ({ ...projectOf(query), repositoryId: query.repository }),
      readWhereabouts,
    ),
    getWorkItem: lookup(
      ({ workItem }: WorkItemQuery) => pathWith(introspectionPaths.workItem, String(workItem)),
      projectOf,
      readWhereabouts,
    ),
    getMeasures: lookup(
      () => introspectionPaths.measures,
      (query: MeasuresQuery) => ({ ...placesOf(query), from: query.from, to: query.to }),
      readMeasures,
    ),
    getSettings: lookup(() => introspectionPaths.settings, projectOf, readSavedSettings),

    async saveSettings(project, { version, settings }, { signal } = {}) {
      const parameters = presentIn(projectOf(project));
      const body = { Version: version, Settings: settings };
      try {
        return savedIn(
          await requests.send(
            'PUT',
            introspectionPaths.settings,
            parameters,
            // After a try that was not answered, another one would meet its own version.
            { body, mayRepeat: false, signal },
            readSavedSettings,
          ),
        );
      } catch (error) {
        if (error instanceof ClientError && error.kind === 'conflict') return conflictIn(error);
        throw error;
      }
    },

    async previewSettings(project, settings, { signal } = {}) {
      const answer = await requests.send(
        'POST',
        introspectionPaths.settingsPreview,
        presentIn(projectOf(project)),
        { body: { Settings: settings }, mayRepeat: true, signal },
        readSettingsPreview,
      );
      return answer.kind === 'none' ? unexpectedlyEmpty() : answer;
    },
  };
}

type WireParameters = Readonly<Record<string, string | number | undefined>>;

function projectOf({
  organization,
  project,
}: {
  organization: string;
  project?: string | undefined;
}): WireParameters {
  return { adoOrganizationName: organization, adoProjectId: project };
}

function placesOf({ organization, project, services, environments }: MeasuresQuery): WireParameters {
  return {
    ...projectOf({ organization, project }),
    service: listOf(services),
    environment: listOf(environments),
  };
}

function pageOf({ at, top, continuationToken }: EnvironmentsQuery): WireParameters {
  return { at, top, continuationToken };
}

/** Names separated by commas; a comma within a name has a backslash before it. */
function listOf(names: readonly string[] = []): string | undefined {
  return names.length === 0 ? undefined : names.map((name) => name.replace(/[\\,]/g, '\\$&')).join(',');
}

function presentIn(parameters: WireParameters): Record<string, string> {
  const present = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(present.map(([name, value]) => [name, String(value)]));
}

function pathWith(path: string, id: string): string {
  return path.replace(':id', () => encodeURIComponent(id));
}

function savedIn(answer: LookupAnswer<SavedSettings>): SaveAnswer {
  if (answer.kind === 'found') return { kind: 'saved', body: answer.body };
  return answer.kind === 'none' ? unexpectedlyEmpty() : answer;
}

function conflictIn({ message, body }: ClientError): Conflict {
  const { currentVersion } = Object(body) as { readonly currentVersion?: unknown };
  return {
    kind: 'conflict',
    currentVersion: typeof currentVersion === 'number' ? currentVersion : undefined,
    message,
  };
}

function unexpectedlyEmpty(): never {
  throw new ClientError('invalidResponse', "The backend's response is empty.");
}
