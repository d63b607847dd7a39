/**
 * The line that answers "where is this build?". What needs attention comes first, with the total number of
 * deployments; the time of the latest change comes last.
 */
import { type DeploymentState, isFinal } from '../../api/states.ts';
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';

/** The states, most urgent first. */
const byUrgency: readonly DeploymentState[] = [
  'failed',
  'blocked',
  'inProgress',
  'unknown',
  'notStarted',
  'canceled',
  'succeeded',
];

export interface Summary {
  /** The most urgent state of all deployments, for the icon. */
  readonly state: DeploymentState;
  /** For example "6 of 8 deployments failed, 1 running". */
  readonly headline: string;
  /** When any deployment last changed, in milliseconds since 1970. */
  readonly lastChange: number;
  /** Whether all deployments have ended. */
  readonly allFinal: boolean;
}

/** Summarises one or more deployments. If there are failures, successes are left out. */
export function summarize(rows: readonly DeploymentRow[]): Summary {
  const failing = rows.filter(isFailing);
  const counts = countByState(rows.filter((row) => !isFailing(row)));
  const present = [...counts.keys()];
  const hasFailed = present.includes('failed');
  const named = hasFailed || failing.length > 0 ? present.filter((state) => state !== 'succeeded') : present;
  const ofState = (state: DeploymentState): Part => ({
    state,
    lead: strings.summary.lead(counts.get(state) ?? 0, rows.length, state),
    text: strings.summary.part(counts.get(state) ?? 0, state),
  });
  const parts = named.map(ofState);
  if (failing.length > 0) parts.splice(hasFailed ? 1 : 0, 0, partOfFailing(failing, rows.length));
  const [first = ofState('unknown'), ...others] = parts;
  return {
    state: first.state,
    headline: [first.lead, ...others.map(({ text }) => text)].join(', '),
    lastChange: rows.reduce((latest, row) => Math.max(latest, row.lastUpdate), 0),
    allFinal: rows.every((row) => isFinal(row.state)),
  };
}

/** Whether something in it has failed although it still runs: its orchestrator may retry. */
function isFailing({ state, progress }: DeploymentRow): boolean {
  return !isFinal(state) && progress !== undefined && progress.Failed > 0;
}

/** A part of the headline: as it reads first, and after others. */
interface Part {
  readonly state: DeploymentState;
  readonly lead: string;
  readonly text: string;
}

function partOfFailing(failing: readonly DeploymentRow[], all: number): Part {
  const types = new Set(failing.map(({ entityType }) => entityType));
  const type = types.size === 1 ? failing[0]?.entityType : undefined;
  return {
    // The icon of a warning: nothing is lost yet.
    state: 'blocked',
    lead: strings.summary.failing(failing.length, all, type),
    text: strings.summary.failingPart(failing.length, type),
  };
}

/** The number of deployments in each state that occurs, most urgent first. */
export function countByState(rows: readonly DeploymentRow[]): Map<DeploymentState, number> {
  const counts = new Map(byUrgency.map((state) => [state, 0]));
  for (const row of rows) counts.set(row.state, (counts.get(row.state) ?? 0) + 1);
  return new Map([...counts].filter(([, count]) => count > 0));
}
