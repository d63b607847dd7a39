/** How projects, builds, deployments and payloads are referred to. Only the API's edge knows their names on the wire. */

import type { DeploymentState } from './states.ts';

/** A project on Azure DevOps. */
export interface ProjectKey {
  readonly organization: string;
  /** Id (GUID) of the project. */
  readonly project: string;
}

/** A build on Azure DevOps. */
export interface BuildKey extends ProjectKey {
  readonly buildId: number;
}

/** A deployment, by its orchestrator and the orchestrator's id. */
export interface DeploymentKey {
  readonly source: string;
  readonly id: string;
}

/** Which entities of a deployment, and which page of them. */
export interface EntitiesQuery extends DeploymentKey {
  /** Only entities in one of these states; in any, if there are none. */
  readonly states?: readonly DeploymentState[] | undefined;
  /** Only entities of this type, in any case. */
  readonly type?: string | undefined;
  /** The most entities that an answer has. */
  readonly top?: number | undefined;
  /** From the answer before; it goes with the same deployment, states and type. */
  readonly continuationToken?: string | undefined;
}

/** A payload, by its orchestrator and its id; case does not matter. */
export interface PayloadKey {
  readonly source: string;
  readonly payload: string;
}

/** One text for each project: neither organizations nor GUIDs care about case. */
export function projectIdOf({ organization, project }: ProjectKey): string {
  return `${organization}/${project}`.toLowerCase();
}
