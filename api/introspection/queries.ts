/** The queries of introspection, as programs write them. Only the API's edge knows their names on the wire. */
import type { ProjectKey } from '../keys.ts';
import type { DeploymentState } from '../states.ts';
import type { MeasureName } from './contract.ts';

/** Services and environments by their whole names, in any case; all of them, if there are none. */
export interface PlacesQuery extends ProjectKey {
  readonly services?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
}

/** A page of the matrix of services and environments. */
export interface EnvironmentsQuery extends PlacesQuery {
  /** Only services with a cell whose latest placement is in one of these states. */
  readonly states?: readonly DeploymentState[] | undefined;
  /** An ISO 8601 time; now without it. */
  readonly at?: string | undefined;
  /** The most services in an answer. */
  readonly top?: number | undefined;
  /** From the answer before; it goes with the same query. */
  readonly continuationToken?: string | undefined;
}

/** A page of placements, newest first. */
export interface ChangesQuery extends PlacesQuery {
  readonly buildId?: number | undefined;
  /** A commit id, or the beginning of one: seven digits or more. */
  readonly commit?: string | undefined;
  readonly imageTag?: string | undefined;
  readonly deploymentId?: string | undefined;
  readonly author?: string | undefined;
  readonly states?: readonly DeploymentState[] | undefined;
  /** Those that began then or later, an ISO 8601 time. */
  readonly from?: string | undefined;
  /** Those that began before. */
  readonly to?: string | undefined;
  /** Only those that this measure counts. */
  readonly measure?: MeasureName | undefined;
  /** As it was then. */
  readonly at?: string | undefined;
  readonly top?: number | undefined;
  readonly continuationToken?: string | undefined;
}

/** What a placement brought, compared with the one before it, or with `since`. */
export interface NewsQuery extends ProjectKey {
  readonly service: string;
  readonly environment: string;
  readonly source: string;
  readonly deploymentId: string;
  /** Id of another deployment of the same service. */
  readonly since?: string | undefined;
}

/** How far a commit has come, in one project or in all. */
export interface CommitQuery {
  readonly organization: string;
  readonly project?: string | undefined;
  /** A commit id, or the beginning of one: seven digits or more. */
  readonly commit: string;
}

export interface PullRequestQuery extends ProjectKey {
  readonly pullRequest: number;
  /** Id (GUID) or name of its repository; needed where several have one of that number. */
  readonly repository?: string | undefined;
}

export interface WorkItemQuery extends ProjectKey {
  readonly workItem: number;
}

export interface MeasuresQuery extends PlacesQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
