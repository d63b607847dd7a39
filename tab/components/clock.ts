/**
 * One clock for everything on the page that ages: whoever shows a running duration is told once a second,
 * and only while somebody shows one. A hidden page does not tick.
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

/** The time now in milliseconds since 1970, renewed every second while `running`. */
export function useNow(running = true): number {
  const [now, setNow] = React.useState(Date.now);
  React.useEffect(() => {
    if (!running) return undefined;
    setNow(Date.now());
    return subscribe(() => setNow(Date.now()));
  }, [running]);
  return now;
}
