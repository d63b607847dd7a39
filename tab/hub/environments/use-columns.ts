/** Which columns of the matrix are in sight, and how wide they are: all alike, so that their places need no measuring. */
import * as React from 'react';

export interface ColumnLayout {
  /** Width of the column with the services. */
  readonly headWidth: number;
  readonly width: number;
  readonly scrollLeft: number;
  readonly viewWidth: number;
}

const beyondEdge = 2;
const widest = 340;
const narrowPage = 720;

/** The widths for a width of the view and a number of columns. */
export function columnWidths(viewWidth: number, count: number): Pick<ColumnLayout, 'headWidth' | 'width'> {
  const isNarrow = viewWidth < narrowPage;
  const headWidth = isNarrow ? Math.max(96, Math.min(160, Math.round(viewWidth * 0.32))) : 220;
  const narrowest = isNarrow ? 184 : 208;
  const share = Math.floor((viewWidth - headWidth) / Math.max(1, count));
  return { headWidth, width: Math.max(narrowest, Math.min(widest, share)) };
}

/** The layout for the current size and position of the scrolling element. It changes only where columns come or go. */
export function useColumns(scroller: React.RefObject<HTMLElement>, count: number): ColumnLayout {
  const [view, setView] = React.useState({ scrollLeft: 0, viewWidth: window.innerWidth });
  React.useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const update = () => {
      const viewWidth = element.clientWidth || window.innerWidth;
      const { width } = columnWidths(viewWidth, count);
      // In steps of a column: anything finer would draw the grid again for every pixel.
      const scrollLeft = Math.floor(element.scrollLeft / width) * width;
      setView((now) =>
        now.scrollLeft === scrollLeft && now.viewWidth === viewWidth ? now : { scrollLeft, viewWidth },
      );
    };
    update();
    element.addEventListener('scroll', update, { passive: true });
    const observer = new ResizeObserver(update);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', update);
      observer.disconnect();
    };
  }, [scroller, count]);
  return React.useMemo(() => ({ ...view, ...columnWidths(view.viewWidth, count) }), [view, count]);
}

/** Indices of the columns to draw, ascending. They include that of `keep`, even if it is not in sight. */
export function columnSpan(layout: ColumnLayout, count: number, keep: number): number[] {
  const { scrollLeft, viewWidth, headWidth, width } = layout;
  const first = Math.max(0, Math.floor(scrollLeft / width) - beyondEdge);
  const last = Math.min(count - 1, Math.floor((scrollLeft + viewWidth - headWidth) / width) + 1 + beyondEdge);
  const span = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  if (keep < 0 || keep >= count || (keep >= first && keep <= last)) return span;
  return keep < first ? [keep, ...span] : [...span, keep];
}
