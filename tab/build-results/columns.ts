/**
 * Which columns a page of a given width shows, and how a column sorts first. The narrowest page shows one
 * column, whose second line tells the rest.
 */
import { type SortColumn, sortColumns } from './sort.ts';

/** How much room there is. */
export type Layout = 'wide' | 'medium' | 'compact' | 'narrow';

/** The widest page, in pixels, of each layout but the widest. */
export const widestOfLayout = { medium: 1199, compact: 959, narrow: 719 } as const;

const columns: Readonly<Record<Layout, readonly SortColumn[]>> = {
  wide: sortColumns,
  medium: ['state', 'source', 'deployment', 'payloads', 'start', 'duration'],
  compact: ['state', 'deployment', 'payloads', 'start', 'duration'],
  narrow: ['deployment'],
};

/** What the narrow table can be sorted by: what its two lines show and there is room for. */
export const narrowSorts: readonly SortColumn[] = ['state', 'deployment', 'start', 'duration'];

/** The columns that a layout shows; the same array for the same layout. */
export function columnsFor(layout: Layout): readonly SortColumn[] {
  return columns[layout];
}

/** Whether a column's first sort is from the greatest to the least: the latest and the longest come first. */
export function startsDescending(column: SortColumn): boolean {
  return column === 'start' || column === 'duration' || column === 'lastUpdate';
}
