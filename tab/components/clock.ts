/**
 * One clock for all ages and running durations on the page. It ticks once a second, but only while something uses it
 * and the page is visible.
 */
import * as React from 'react';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (!document.hidden) for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * The result of `read` for the current time (milliseconds since 1970). While `running`, it is evaluated every second,
 * and the component is rendered again only if the result changes.
 */
export function useTicking(read: (now: number) => string, running = true): string {
  const text = read(Date.now());
  const drawn = React.useRef({ read, text });
  drawn.current = { read, text };
  const [, drawAgain] = React.useReducer((times: number) => times + 1, 0);
  React.useEffect(() => {
    if (!running) return undefined;
    return subscribe(() => {
      if (drawn.current.read(Date.now()) !== drawn.current.text) drawAgain();
    });
  }, [running]);
  return text;
}
