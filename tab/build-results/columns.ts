/**
 * The columns of the table: what they are called, what they sort by first, and which of them a page of a
 * given width shows. The narrowest page shows one, whose second line tells the rest.
 */
import { strings } from '../strings.ts';
import { type SortColumn, sortColumns } from './sort.ts';

export interface Column {
  readonly id: SortColumn;
  readonly name: string;
  /** Times and durations start with the latest and longest, words with A. */
  readonly descendingFirst: boolean;
}

/** How much room there is. */
export type Layout = 'wide' | 'medium' | 'compact' | 'narrow';

/** The widest page, in pixels, of each layout but the widest. */
export const widestOfLayout = { medium: 1199, compact: 959, narrow: 719 } as const;

const descendingFirst: readonly SortColumn[] = ['start', 'duration', 'lastUpdate'];
const hidden: Readonly<Record<Layout, readonly SortColumn[]>> = {
  wide: [],
  medium: ['owner', 'lastUpdate'],
  compact: ['owner', 'lastUpdate', 'source'],
  narrow: sortColumns.filter((column) => column !== 'deployment'),
};

const allColumns: readonly Column[] = sortColumns.map((id) => ({
  id,
  name: strings.table.columns[id],
  descendingFirst: descendingFirst.includes(id),
}));
const shown: Readonly<Record<Layout, readonly Column[]>> = {
  wide: columnsWithout(hidden.wide),
  medium: columnsWithout(hidden.medium),
  compact: columnsWithout(hidden.compact),
  narrow: columnsWithout(hidden.narrow),
};

/** The columns that a layout shows; the same array for the same layout. */
export function columnsOf(layout: Layout): readonly Column[] {
  return shown[layout];
}

/** Whether a column's first sort is from the greatest to the least. */
export function startsDescending(id: SortColumn): boolean {
  return descendingFirst.includes(id);
}

function columnsWithout(names: readonly SortColumn[]): readonly Column[] {
  return allColumns.filter(({ id }) => !names.includes(id));
}
