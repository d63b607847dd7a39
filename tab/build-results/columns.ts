/** The columns of the table: what they are called, how wide they are, and what they sort by first. */
import { strings } from '../strings.ts';
import { type SortColumn, sortColumns } from './sort.ts';

export interface Column {
  readonly id: SortColumn;
  readonly name: string;
  /** Class of its header and its cells; widths and what narrow pages hide are the style sheet's. */
  readonly className: string;
  /** Times and durations start with the latest and longest, words with A. */
  readonly descendingFirst: boolean;
}

const descendingFirst: readonly SortColumn[] = ['start', 'duration', 'lastUpdate'];

export const columns: readonly Column[] = sortColumns.map((id) => ({
  id,
  name: strings.table.columns[id],
  className: `column-${id}`,
  descendingFirst: descendingFirst.includes(id),
}));
