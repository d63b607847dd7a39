/** Sorting of the table. Rows without a value come last in either direction; ties keep the API's order. */
import { type DeploymentState, deploymentStates } from '../../api/states.ts';
import type { DeploymentRow } from './deployment-row.ts';

export const sortColumns = [
  'state',
  'source',
  'deployment',
  'payloads',
  'owner',
  'start',
  'duration',
  'lastUpdate',
] as const;
export type SortColumn = (typeof sortColumns)[number];

export interface Sort {
  readonly column: SortColumn;
  readonly descending: boolean;
}

type SortKey = string | number | undefined;

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const rankOfState = new Map<DeploymentState, number>(
  deploymentStates.map((state, index): [DeploymentState, number] => [state, index]),
);

/** A sorted copy of the rows. The duration of a running deployment is its duration at `now`. */
export function sortRows(rows: readonly DeploymentRow[], sort: Sort, now: number): DeploymentRow[] {
  const direction = sort.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, key: sortKey(row, sort.column, now) }))
    .sort((a, b) => {
      if (a.key === undefined || b.key === undefined)
        return Number(a.key === undefined) - Number(b.key === undefined);
      return direction * compare(a.key, b.key);
    })
    .map(({ row }) => row);
}

/** Milliseconds from start to end, or to `now` while it is running; undefined before it has started. */
export function duration(row: DeploymentRow, now: number): number | undefined {
  if (row.state === 'notStarted') return undefined;
  return Math.max(0, (row.end ?? now) - row.start);
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}

function sortKey(row: DeploymentRow, column: SortColumn, now: number): SortKey {
  switch (column) {
    case 'state':
      return rankOfState.get(row.state);
    case 'source':
      return row.source || undefined;
    case 'deployment':
      return row.id;
    case 'payloads':
      return row.payloads[0]?.id;
    case 'owner':
      return row.owner || undefined;
    case 'start':
      return row.start;
    case 'duration':
      return duration(row, now);
    case 'lastUpdate':
      return row.lastUpdate;
  }
}
