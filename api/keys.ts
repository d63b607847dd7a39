/** How builds, deployments and payloads are referred to. Only the API's edge knows their names on the wire. */

/** A build on Azure DevOps. */
export interface BuildKey {
  readonly organization: string;
  /** Id (GUID) of the project. */
  readonly project: string;
  readonly buildId: number;
}

/** A deployment, by its orchestrator and the orchestrator's id. */
export interface DeploymentKey {
  readonly source: string;
  readonly id: string;
}

/** A payload, by its orchestrator and its id; case does not matter. */
export interface PayloadKey {
  readonly source: string;
  readonly payload: string;
}
