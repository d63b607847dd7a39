/** What the page asks of the service. */
import type { IntrospectionClient } from '../../api/introspection/client.ts';
import type { Whereabouts } from '../../api/introspection/contract.ts';
import type { ProjectKey } from '../../api/keys.ts';
import type { LiveQuery } from '../live/live-answer.ts';
import { paceOf } from './where.ts';

export type SubjectKind = 'pullRequest' | 'workItem';

export interface Subject {
  readonly kind: SubjectKind;
  readonly id: number;
  /** GUID of a pull request's repository; empty or absent where it is not known. */
  readonly repositoryId?: string | undefined;
}

export function whereQuery(
  client: Pick<IntrospectionClient, 'getPullRequest' | 'getWorkItem'>,
  project: ProjectKey,
  { kind, id, repositoryId }: Subject,
): LiveQuery<Whereabouts> {
  return {
    ask: (previous, signal) =>
      kind === 'workItem'
        ? client.getWorkItem({ ...project, workItem: id }, { previous, signal })
        : client.getPullRequest(
            { ...project, pullRequest: id, repository: repositoryId },
            { previous, signal },
          ),
    pace: paceOf,
  };
}
