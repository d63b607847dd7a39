/** Where the steps of a chain stand: from left to right in the order in which they follow from each other. */
import { scalePoint } from 'd3-scale';
import { linkHorizontal } from 'd3-shape';
import type { Step } from '../../api/introspection/contract.ts';
import { waitBetween } from './wait-between.ts';

export const nodeSize = { width: 160, height: 62 };
const gap = { x: 64, y: 16 };
const margin = 8;

export interface PlacedStep {
  readonly step: Step;
  readonly x: number;
  readonly y: number;
}

export interface PlacedLink {
  readonly key: string;
  /** Path of an SVG. */
  readonly path: string;
  /** Where the time between the two steps is written. */
  readonly x: number;
  readonly y: number;
  /** The time between the two, in milliseconds; undefined if that is not known. */
  readonly wait: number | undefined;
}

export interface ChainLayout {
  readonly width: number;
  readonly height: number;
  readonly steps: readonly PlacedStep[];
  readonly links: readonly PlacedLink[];
}

/** Places all steps. A step that follows from one that is not in the list begins a chain of its own. */
export function chainLayout(steps: readonly Step[]): ChainLayout {
  const columns = columnsOf(steps);
  const amount = Math.max(1, columns.length);
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  const width = amount * nodeSize.width + (amount - 1) * gap.x + 2 * margin;
  const height = tallest * nodeSize.height + (tallest - 1) * gap.y + 2 * margin;
  const x = scalePoint<number>()
    .domain(columns.map((_, index) => index))
    .range([margin, width - margin - nodeSize.width]);
  const placed = columns.flatMap((column, index) => {
    const taken = column.length * nodeSize.height + (column.length - 1) * gap.y;
    const top = (height - taken) / 2;
    return column.map((step, row) => ({
      step,
      x: x(index) ?? margin,
      y: top + row * (nodeSize.height + gap.y),
    }));
  });
  return { width, height, steps: placed, links: linksOf(placed) };
}

/** Each step stands one column after the last of those that it follows from. */
function columnsOf(steps: readonly Step[]): Step[][] {
  const columnOf = new Map<string, number>();
  const columns: Step[][] = [];
  for (const step of steps) {
    const before = step.After.flatMap((key) => columnOf.get(key) ?? []);
    const column = before.length > 0 ? Math.max(...before) + 1 : 0;
    columnOf.set(step.Key, column);
    columns[column] = [...(columns[column] ?? []), step];
  }
  return columns;
}

function linksOf(placed: readonly PlacedStep[]): PlacedLink[] {
  const byKey = new Map(placed.map((one) => [one.step.Key, one]));
  const link = linkHorizontal<unknown, [number, number]>();
  return placed.flatMap((to) =>
    to.step.After.flatMap((key): PlacedLink[] => {
      const from = byKey.get(key);
      if (!from) return [];
      const source: [number, number] = [from.x + nodeSize.width, from.y + nodeSize.height / 2];
      const target: [number, number] = [to.x, to.y + nodeSize.height / 2];
      return [
        {
          key: `${key} ${to.step.Key}`,
          path: link({ source, target }) ?? '',
          // Beside the later step, where the lines of a fork have parted.
          x: target[0] - gap.x / 2,
          y: target[1] + (target[1] > source[1] ? 14 : -6),
          wait: waitBetween(from.step, to.step),
        },
      ];
    }),
  );
}
