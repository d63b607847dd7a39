/** A deployment as a wait sees it: its state, and how that compares with the criteria. */
import type { Deployment, Entity } from '../api/contract.ts';
import type { DeploymentState } from '../api/states.ts';

/** How a deployment compares with the criteria. `tolerated` failed, and the criteria only ask for a warning. */
export type Standing = 'met' | 'pending' | 'failed' | 'tolerated';

export interface JudgedDeployment {
  readonly deployment: Deployment;
  readonly state: DeploymentState;
  readonly standing: Standing;
  /** The entities that have failed, as far as somebody asked for them; `deployment.Progress` has their number. */
  readonly failedEntities?: readonly Entity[];
}

/** How many entities of a deployment have failed; 0 if the service does not count them. */
export function failedEntityCount({ Progress }: Deployment): number {
  return Progress?.Failed ?? 0;
}

/** Identifies a deployment: ids are unique only within a source. */
export function deploymentKey(deployment: Pick<Deployment, 'Source' | 'Id'>): string {
  return `${deployment.Source} ${deployment.Id}`;
}
