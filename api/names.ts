/**
 * The names of states and orchestrators that people read and write, the same on the pages, in the pipeline, in the
 * terminal and in answers of the API.
 */
import type { DeploymentSource } from './contract.ts';
import type { DeploymentState } from './states.ts';

/** A state as a label, such as in a table. */
export const stateNames: Readonly<Record<DeploymentState, string>> = {
  notStarted: 'Not started',
  inProgress: 'In progress',
  blocked: 'Blocked',
  succeeded: 'Succeeded',
  failed: 'Failed',
  canceled: 'Canceled',
  unknown: 'Unknown',
};

/** A state within a sentence: "2 in progress, 1 failed". */
export const statePhrases: Readonly<Record<DeploymentState, string>> = {
  notStarted: 'not started',
  inProgress: 'in progress',
  blocked: 'blocked',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
  unknown: 'in an unknown state',
};

const sourceNames: Readonly<Record<DeploymentSource, string>> = {
  expressv2: 'Ev2',
  azdeployer: 'AzDeployer',
  pilotfish: 'Pilotfish',
  azurepipelines: 'Azure Pipelines',
};

/** The names of all orchestrators, for messages that say what can be written. */
export const allSourceNames: readonly string[] = Object.values(sourceNames);

const sources = Object.keys(sourceNames) as DeploymentSource[];

/** The usual name of an orchestrator, such as `Ev2` for `expressv2`. One without a name keeps its own. */
export function sourceName(source: string): string {
  const known = sources.find((each) => each === source.toLowerCase());
  return known === undefined ? source : sourceNames[known];
}

/**
 * The source that a person means: `Ev2`, `ExpressV2`, `express-v2`, `azure pipelines`. Case, spaces, hyphens and
 * underscores do not matter. Undefined if it is none of the known ones.
 */
export function sourceNamed(text: string): DeploymentSource | undefined {
  const wanted = plain(text);
  return sources.find((source) => source === wanted || plain(sourceNames[source]) === wanted);
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[\s_-]/g, '');
}
