/**
 * The one line that answers "where is this build?". What needs attention comes first; the count of all
 * deployments stands beside the first number, the age of the latest change at the end.
 */
import { type DeploymentState, isFinal } from '../../api/states.ts';
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';

/** The states in the order in which a reader wants to hear of them. */
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
  /** The most urgent state among all deployments; it decides the icon beside the line. */
  readonly state: DeploymentState;
  /** For example "6 of 8 deployments failed, 1 running". */
  readonly headline: string;
  /** When any deployment last changed, in milliseconds since 1970. */
  readonly lastChange: number;
  /** Whether every deployment has come to its end. */
  readonly allFinal: boolean;
}

/** Sums up at least one deployment. After a failure the successes are left out: nobody came for them. */
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

/** How many deployments are in each state, the most urgent first; states that do not occur are absent. */
export function countByState(rows: readonly DeploymentRow[]): Map<DeploymentState, number> {
  const counts = new Map(byUrgency.map((state) => [state, 0]));
  for (const row of rows) counts.set(row.state, (counts.get(row.state) ?? 0) + 1);
  return new Map([...counts].filter(([, count]) => count > 0));
}
