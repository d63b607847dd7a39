/** The pages of changes after the first one, which the reader loads one by one. */
import * as React from 'react';
import type { LookupAnswer } from '../../../api/client.ts';
import type { Change, Changes } from '../../../api/introspection/contract.ts';

export interface More {
  readonly changes: readonly Change[];
  /** Where the next page begins; undefined if there is none. */
  readonly token: string | undefined;
  readonly loading: boolean;
  readonly failed: boolean;
  readonly load: () => void;
}

/**
 * @param firstToken where the second page begins; it counts until that page has been loaded
 * @param ask keep it with `useCallback`
 */
export function useMore(
  firstToken: string | undefined,
  ask: (token: string) => Promise<LookupAnswer<Changes>>,
): More {
  const [state, setState] = React.useState<{
    readonly changes: readonly Change[];
    readonly next: { readonly token: string | undefined } | undefined;
    readonly loading: boolean;
    readonly failed: boolean;
  }>({ changes: [], next: undefined, loading: false, failed: false });
  const mounted = React.useRef(true);
  React.useEffect(
    () => () => {
      mounted.current = false;
    },
    [],
  );
  const token = state.next ? state.next.token : firstToken;
  const load = () => {
    if (state.loading || token === undefined) return;
    setState({ ...state, loading: true, failed: false });
    ask(token).then(
      (answer) => {
        if (!mounted.current) return;
        const body = answer.kind === 'found' ? answer.body : undefined;
        setState({
          changes: [...state.changes, ...(body?.Changes ?? [])],
          next: { token: body?.ContinuationToken },
          loading: false,
          failed: false,
        });
      },
      () => {
        if (mounted.current) setState({ ...state, loading: false, failed: true });
      },
    );
  };
  return { changes: state.changes, token, loading: state.loading, failed: state.failed, load };
}
