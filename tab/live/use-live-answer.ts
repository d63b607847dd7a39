/** An answer of the API that is kept up to date, as a React hook, with what screen readers hear of its changes. */
import * as React from 'react';
import { type Knowledge, LiveAnswer, type LiveQuery, type LiveState } from './live-answer.ts';

export interface Live<T> extends LiveState<T> {
  /** For screen readers. */
  readonly said: string;
  readonly refresh: () => void;
}

/** The words for a change; empty for none. */
export type Announce<T> = (before: Knowledge<T>, after: Knowledge<T>, wanted: boolean) => string;

const nothingYet = { knowledge: { kind: 'loading' }, refreshing: true } as const;

/**
 * Asks while the component is mounted. Another query starts from nothing.
 *
 * @param query keep it with `useMemo`; undefined asks nothing
 * @param announce called after each answer; `wanted` says that the user asked for it
 */
export function useLiveAnswer<T>(query: LiveQuery<T> | undefined, announce: Announce<T>): Live<T> {
  const [shown, setShown] = React.useState<{ query: typeof query; state: LiveState<T> }>();
  const [said, say] = React.useReducer(sayAgain, '');
  const live = React.useRef<LiveAnswer<T>>();
  const wanted = React.useRef(false);
  const words = React.useRef(announce);
  words.current = announce;

  React.useEffect(() => {
    if (!query) return undefined;
    let before: Knowledge<T> = nothingYet.knowledge;
    const answer = new LiveAnswer(query, (state) => {
      setShown({ query, state });
      if (state.refreshing) return;
      const change = words.current(before, state.knowledge, wanted.current);
      before = state.knowledge;
      wanted.current = false;
      if (change) say(change);
    });
    const onVisibility = () => answer.setVisible(!document.hidden);
    document.addEventListener('visibilitychange', onVisibility);
    live.current = answer;
    void answer.refresh();
    onVisibility();
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      answer.stop();
    };
  }, [query]);

  const refresh = React.useCallback(() => {
    wanted.current = true;
    void live.current?.refresh();
  }, []);
  const state = shown && shown.query === query ? shown.state : nothingYet;
  return { ...state, said, refresh };
}

/** Screen readers ignore a text that does not change, so an invisible character makes a repetition different. */
function sayAgain(said: string, words: string): string {
  return said === words ? `${words}\u00a0` : words;
}
