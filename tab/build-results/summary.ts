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
  const counts = countByState(rows);
  const present = [...counts.keys()];
  const named = present.includes('failed') ? present.filter((state) => state !== 'succeeded') : present;
  const [first = 'unknown', ...others] = named;
  const parts = others.map((state) => strings.summary.part(counts.get(state) ?? 0, state));
  return {
    state: first,
    headline: [strings.summary.lead(counts.get(first) ?? 0, rows.length, first), ...parts].join(', '),
    lastChange: rows.reduce((latest, row) => Math.max(latest, row.lastUpdate), 0),
    allFinal: rows.every((row) => isFinal(row.state)),
  };
}

/** The number of deployments in each state that occurs, most urgent first. */
export function countByState(rows: readonly DeploymentRow[]): Map<DeploymentState, number> {
  const counts = new Map(byUrgency.map((state) => [state, 0]));
  for (const row of rows) counts.set(row.state, (counts.get(row.state) ?? 0) + 1);
  return new Map([...counts].filter(([, count]) => count > 0));
}
