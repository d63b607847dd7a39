/**
 * One clock for everything on the page that ages: whoever shows an age or a running duration is asked once a
 * second, and only while somebody shows one. A hidden page does not tick.
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
 * What `read` says of the time now (milliseconds since 1970). While `running` it is asked every second, and
 * the component is drawn anew only when it says something else.
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
