/** Where the change of a pull request is, in a tab of its page. */
import * as React from 'react';
import { MessagePage } from '../components/MessagePage.tsx';
import type { CurrentPullRequest } from '../host/current-pull-request.ts';
import { ConnectedPage, type PageHost } from '../service/ConnectedPage.tsx';
import { whereStrings } from '../whereabouts/strings.ts';
import { WhereIsIt } from '../whereabouts/WhereIsIt.tsx';

/** What this page needs from Azure DevOps. */
export interface PullRequestHost extends PageHost {
  readPullRequest(): Promise<CurrentPullRequest | undefined>;
}

export function PullRequestPage({ host }: { host: PullRequestHost }): JSX.Element {
  const load = React.useCallback(() => host.readPullRequest(), [host]);
  return (
    <ConnectedPage host={host} load={load}>
      {(start, connection) =>
        start.loaded ? (
          <WhereIsIt
            page={start.page}
            connection={connection}
            kind="pullRequest"
            id={start.loaded.id}
            repositoryId={start.loaded.repositoryId}
          />
        ) : (
          <MessagePage tone="search" {...whereStrings.pages.noPullRequest} />
        )
      }
    </ConnectedPage>
  );
}
