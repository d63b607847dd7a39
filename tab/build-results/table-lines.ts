/** The lines of the table from top to bottom: headings of groups, deployments, and the details of open ones. */
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';
import { sortRows } from './sort.ts';
import { filterRows, type ViewOptions } from './view-options.ts';

export type TableLine =
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly source: string;
      readonly rows: readonly DeploymentRow[];
      readonly open: boolean;
    }
  | {
      readonly kind: 'deployment';
      readonly key: string;
      readonly row: DeploymentRow;
      readonly open: boolean;
      readonly level: Level;
    }
  | { readonly kind: 'details'; readonly key: string; readonly row: DeploymentRow; readonly level: Level };

/** The level of a line in the tree, from 1. */
export type Level = 1 | 2 | 3;

export interface OpenLines {
  /** Keys of the deployments whose details are open. */
  readonly deployments: ReadonlySet<string>;
  /** Sources whose group is collapsed. */
  readonly foldedGroups: ReadonlySet<string>;
}

/** Filters, sorts and groups the rows. Groups are ordered by their displayed name. */
export function tableLines(
  rows: readonly DeploymentRow[],
  options: ViewOptions,
  open: OpenLines,
  now: number,
): TableLine[] {
  const sorted = sortRows(filterRows(rows, options), options.sort, now);
  if (!options.grouped) return deploymentLines(sorted, open, 1);
  return [...groupBySource(sorted)].flatMap(([source, members]): TableLine[] => {
    const isOpen = !open.foldedGroups.has(source);
    const heading: TableLine = { kind: 'group', key: `group|${source}`, source, rows: members, open: isOpen };
    return [heading, ...(isOpen ? deploymentLines(members, open, 2) : [])];
  });
}

function deploymentLines(rows: readonly DeploymentRow[], open: OpenLines, level: 1 | 2): TableLine[] {
  const below = level === 1 ? 2 : 3;
  return rows.flatMap((row): TableLine[] => {
    const isOpen = open.deployments.has(row.key);
    const line: TableLine = { kind: 'deployment', key: row.key, row, open: isOpen, level };
    return isOpen ? [line, { kind: 'details', key: `details|${row.key}`, row, level: below }] : [line];
  });
}

function groupBySource(rows: readonly DeploymentRow[]): Map<string, DeploymentRow[]> {
  const groups = new Map<string, DeploymentRow[]>();
  for (const row of rows) {
    const group = groups.get(row.source);
    if (group) group.push(row);
    else groups.set(row.source, [row]);
  }
  const byName = [...groups].sort(([a], [b]) => strings.sourceName(a).localeCompare(strings.sourceName(b)));
  return new Map(byName);
}
