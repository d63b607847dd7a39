/** The data set of the benchmark in a folder of the embedded engine. */
import { fillFolder, type Say } from '../filled-folder.ts';
import { buildRows, eventRows, type Sizes, versionRows } from './data.ts';

/** The tables in the order in which they are filled. */
const tables = [
  { table: 'Build2Payload', rowsOf: buildRows, count: ({ builds }: Sizes) => builds },
  { table: 'BuildVersion2Payload', rowsOf: versionRows, count: ({ versions }: Sizes) => versions },
  { table: 'EntityChangeEvent', rowsOf: eventRows, count: ({ events }: Sizes) => events },
];

/** Makes sure that `folder` has the data set of `sizes`. */
export function prepare(folder: string, sizes: Sizes, say: Say): Promise<void> {
  const loads = tables.map(({ table, rowsOf, count }) => ({
    table,
    count: count(sizes),
    rows: (from: number, to: number) => rowsOf(sizes, from, to),
  }));
  return fillFolder(folder, sizes, loads, say);
}
