/** One answer for a panel: asked when it opens, and again when the user tries again. It is not refreshed. */
import * as React from 'react';
import type { LookupAnswer } from '../../api/client.ts';

export type Asked<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly retry: () => void }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'found'; readonly body: T };

/** @param ask keep it with `useCallback`; another one asks again, and undefined asks nothing */
export function useAnswer<T>(ask: ((signal: AbortSignal) => Promise<LookupAnswer<T>>) | undefined): Asked<T> {
  const [shown, setShown] = React.useState<{ ask: typeof ask; asked: Asked<T> }>();
  const [attempt, setAttempt] = React.useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again
  React.useEffect(() => {
    if (!ask) return undefined;
    const request = new AbortController();
    const show = (asked: Asked<T>) => {
      if (!request.signal.aborted) setShown({ ask, asked });
    };
    show({ kind: 'loading' });
    ask(request.signal).then(
      (answer) => show(answer.kind === 'found' ? { kind: 'found', body: answer.body } : { kind: 'nothing' }),
      () => show({ kind: 'failed', retry: () => setAttempt((attempts) => attempts + 1) }),
    );
    return () => request.abort();
  }, [ask, attempt]);
  return shown && shown.ask === ask ? shown.asked : { kind: 'loading' };
}
