/** Loads the entities of a deployment when its details are opened, and again whenever the deployment has changed. */
import * as React from 'react';
import type { LookupAnswer } from '../../api/client.ts';
import type { DeploymentEntities } from '../../api/contract.ts';
import type { DeploymentRow } from './deployment-row.ts';

/** Gets the entities of a deployment. `previous` is the last answer, which need not be sent again. */
export type EntitiesOf = (
  row: DeploymentRow,
  previous: LookupAnswer<DeploymentEntities> | undefined,
  signal: AbortSignal,
) => Promise<LookupAnswer<DeploymentEntities>>;

export interface LoadedEntities {
  /** The last answer with entities; missing until there is one. */
  readonly body: DeploymentEntities | undefined;
  /** Whether the latest request failed. */
  readonly failed: boolean;
  readonly retry: () => void;
}

/** A row object stays the same as long as its deployment does, so a new one means that there is something new. */
export function useEntities(row: DeploymentRow, entitiesOf: EntitiesOf): LoadedEntities {
  const answer = React.useRef<LookupAnswer<DeploymentEntities>>();
  const [shown, setShown] = React.useState<Pick<LoadedEntities, 'body' | 'failed'>>({
    body: undefined,
    failed: false,
  });
  const [attempt, setAttempt] = React.useState(1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt loads again
  React.useEffect(() => {
    const request = new AbortController();
    entitiesOf(row, answer.current, request.signal).then(
      (next) => {
        if (request.signal.aborted) return;
        answer.current = next;
        setShown(({ body }) => ({
          body: next.kind === 'found' ? next.body : body,
          failed: next.kind !== 'found',
        }));
      },
      () => {
        if (!request.signal.aborted) setShown(({ body }) => ({ body, failed: true }));
      },
    );
    return () => request.abort();
  }, [row, entitiesOf, attempt]);
  return { ...shown, retry: () => setAttempt(attempt + 1) };
}
