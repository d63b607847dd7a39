/**
 * Renders only the visible lines of a long table, whatever their heights, and keeps them in place when lines appear or
 * vanish above. Every line has a key. A rendered line has its index in `data-line`, and its height is measured and
 * remembered.
 */
import * as React from 'react';

export interface Line {
  readonly key: string;
  /** Estimated height in pixels, used until the line has been rendered. */
  readonly estimate: number;
}

export interface RowWindow {
  /** Indices to render, ascending. They include the line of `keep`, even if it is not visible. */
  readonly indices: readonly number[];
  /** The top of each line, and the bottom of the table as the last entry. */
  readonly offsets: readonly number[];
}

const beyondEdge = 8;

/** The indices of the lines to render for a scroll position. */
export function windowOf(
  offsets: readonly number[],
  scrollTop: number,
  height: number,
  keep: number | undefined,
): number[] {
  const count = offsets.length - 1;
  const first = Math.max(0, lineAt(offsets, scrollTop) - beyondEdge);
  const last = Math.min(count - 1, lineAt(offsets, scrollTop + height) + beyondEdge);
  const indices = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  if (keep === undefined || keep >= count || (keep >= first && keep <= last)) return indices;
  return keep < first ? [keep, ...indices] : [...indices, keep];
}

/** Index of the line at a vertical position. */
export function lineAt(offsets: readonly number[], place: number): number {
  let low = 0;
  let high = offsets.length - 2;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/**
 * The lines of a table to render for the current position of its scrolling element.
 *
 * @param layout identifies the layout; when it changes, all heights are measured again
 * @param view identifies the view; when it changes, the table scrolls to its top
 * @param keep key of a line that stays rendered, for example because it has the focus
 */
export function useWindow(
  scroller: React.RefObject<HTMLElement>,
  body: React.RefObject<HTMLElement>,
  lines: readonly Line[],
  layout: string,
  view: string,
  keep: string | undefined,
): RowWindow {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the map is emptied when the layout changes
  const heights = React.useMemo(() => new Map<string, number>(), [layout]);
  const [place, setPlace] = React.useState({ scrollTop: 0, height: window.innerHeight });
  const [, setMeasured] = React.useState(0);
  const drawn = React.useRef<Drawn>({ view, lines: [], offsets: [0] });

  const offsets = [0];
  for (const line of lines)
    offsets.push((offsets[offsets.length - 1] ?? 0) + (heights.get(line.key) ?? line.estimate));

  React.useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const update = () => {
      const { scrollTop, clientHeight: height } = element;
      setPlace((now) => (now.scrollTop === scrollTop && now.height === height ? now : { scrollTop, height }));
    };
    update();
    element.addEventListener('scroll', update, { passive: true });
    const observer = new ResizeObserver(update);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', update);
      observer.disconnect();
    };
  }, [scroller]);

  React.useLayoutEffect(() => {
    const now = { view, lines, offsets };
    if (scroller.current) keepInPlace(scroller.current, drawn.current, now);
    drawn.current = now;
    if (measure(body.current, lines, heights)) setMeasured((times) => times + 1);
  });

  const kept = keep === undefined ? -1 : lines.findIndex((line) => line.key === keep);
  return { offsets, indices: windowOf(offsets, place.scrollTop, place.height, kept < 0 ? undefined : kept) };
}

interface Drawn {
  readonly view: string;
  readonly lines: readonly Line[];
  readonly offsets: readonly number[];
}

/** After the lines have changed, scrolls by the distance that the line at the upper edge has moved. */
function keepInPlace(scroller: HTMLElement, before: Drawn, now: Drawn): void {
  const { scrollTop } = scroller;
  if (scrollTop === 0) return;
  if (before.view !== now.view) {
    scroller.scrollTop = 0;
    return;
  }
  const index = lineAt(before.offsets, scrollTop);
  const place = now.lines.findIndex((line) => line.key === before.lines[index]?.key);
  const moved = (now.offsets[place] ?? 0) - (before.offsets[index] ?? 0);
  if (place >= 0 && moved !== 0) scroller.scrollTop = scrollTop + moved;
}

/** Remembers the heights of the rendered lines. Returns whether one differs from the previous value. */
function measure(body: HTMLElement | null, lines: readonly Line[], heights: Map<string, number>): boolean {
  let changed = false;
  for (const element of body?.querySelectorAll<HTMLElement>(':scope > [data-line]') ?? []) {
    const line = lines[Number(element.dataset.line)];
    const height = element.offsetHeight;
    if (!line || height === 0 || (heights.get(line.key) ?? line.estimate) === height) continue;
    heights.set(line.key, height);
    changed = true;
  }
  return changed;
}
