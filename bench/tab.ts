/**
 * Measures the Deployments tab and the hub's matrix in Chromium with the real API and the demo data: sizes, time to rows, sorting, rendered
 * rows, and whether the heap grows while the page refreshes. Needs `npm run build`.
 */
import { builds, startWorld } from '../test/support/browser/world.ts';
import type { Row } from './report.ts';
import { measureDetails } from './tab/details.ts';
import { watchHeap } from './tab/heap.ts';
import { measureLoad } from './tab/load.ts';
import { measureMatrix } from './tab/matrix.ts';
import { bundleSizes } from './tab/sizes.ts';
import { measureSort } from './tab/sort.ts';

export interface TabOptions {
  /** How long to watch the page refresh; 0 skips it. */
  readonly minutes: number;
}

const loads = [
  { deployments: 8, build: builds.sample },
  { deployments: 200, build: builds.big },
  { deployments: 2_000, build: builds.huge },
];

/** Times are in milliseconds, sizes in KB (gzipped for scripts and style sheets), growth in KB per minute. */
export async function benchTab({ minutes }: TabOptions) {
  const sizes = bundleSizes();
  progress('starting the product');
  const world = await startWorld({ B2D_CACHE_SECONDS: '60' });
  try {
    const load = [];
    for (const { deployments, build } of loads) {
      progress(`loading ${deployments} deployments`);
      load.push({ deployments, ...(await measureLoad(world, build)) });
    }
    progress('sorting 2,000 deployments');
    const sort = await measureSort(world, builds.huge);
    progress('opening details of 18 and 2,000 entities');
    const details = await measureDetails(world);
    progress('drawing matrices of 10 x 5 and 1,000 x 100');
    const matrix = await measureMatrix();
    progress(`refreshing for ${minutes} minutes`);
    const heap = minutes > 0 ? await watchHeap(world, builds.threeOrchestrators, minutes) : undefined;
    const ratio = (load.at(-1)?.rowsMs ?? Number.NaN) / (load[0]?.rowsMs ?? Number.NaN);
    const matrixRatio = (matrix.at(-1)?.firstCellsMs ?? Number.NaN) / (matrix[0]?.firstCellsMs ?? Number.NaN);
    const tables: Record<string, readonly Row[]> = {
      'Sizes (KB, against the budget)': sizes,
      'From the load of the frame to rows': load,
      'Sorting 2,000': [sort],
      'Opening the details, until entities are shown': details,
      "The hub's matrix, until cells are shown, and while scrolling": matrix,
      ...(heap && { 'Heap while refreshing': [heap] }),
    };
    return { tables, sizes, load, ratio2000To8: ratio, sort, details, matrix, matrixRatio, heap };
  } finally {
    await world.close();
  }
}

function progress(what: string): void {
  process.stderr.write(`${what}\n`);
}
