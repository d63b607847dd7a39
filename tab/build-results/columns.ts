/**
 * The columns for each width of the page, and the first sort order of each column. The narrowest page has one
 * column, whose second line shows the rest.
 */
import { type SortColumn, sortColumns } from './sort.ts';

/** Layouts, by the width of the page. */
export type Layout = 'wide' | 'medium' | 'compact' | 'narrow';

/** The widest page for each layout, in pixels. */
export const widestOfLayout = { medium: 1199, compact: 959, narrow: 719 } as const;

const columns: Readonly<Record<Layout, readonly SortColumn[]>> = {
  wide: sortColumns,
  medium: ['state', 'source', 'deployment', 'payloads', 'start', 'duration'],
  compact: ['state', 'deployment', 'payloads', 'start', 'duration'],
  narrow: ['deployment'],
};

/** The sort columns of the narrow table. */
export const narrowSorts: readonly SortColumn[] = ['state', 'deployment', 'start', 'duration'];

/** The columns of a layout, always as the same array. */
export function columnsFor(layout: Layout): readonly SortColumn[] {
  return columns[layout];
}

/** Whether the first sort by a column is descending: the latest and the longest come first. */
export function startsDescending(column: SortColumn): boolean {
  return column === 'start' || column === 'duration' || column === 'lastUpdate';
}
