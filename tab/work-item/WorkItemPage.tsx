/** Where the changes of a work item are, in a group of its form. */
import * as React from 'react';
import { MessagePage } from '../components/MessagePage.tsx';
import type { CurrentWorkItem } from '../host/current-work-item.ts';
import { ConnectedPage, type PageHost } from '../service/ConnectedPage.tsx';
import { whereStrings } from '../whereabouts/strings.ts';
import { WhereIsIt } from '../whereabouts/WhereIsIt.tsx';

/** What this page needs from Azure DevOps. */
export interface WorkItemHost extends PageHost {
  watchWorkItem(onItem: (item: CurrentWorkItem) => void): Promise<void>;
}

export function WorkItemPage({ host }: { host: WorkItemHost }): JSX.Element {
  const [item, setItem] = React.useState<CurrentWorkItem>({ kind: 'none' });
  const load = React.useCallback(() => host.watchWorkItem(setItem), [host]);
  return (
    <ConnectedPage host={host} load={load}>
      {(start, connection) => {
        switch (item.kind) {
          case 'saved':
            return (
              <WhereIsIt page={start.page} connection={connection} kind="workItem" id={item.id} compact />
            );
          case 'new':
            return <MessagePage tone="waiting" {...whereStrings.pages.newWorkItem} />;
          case 'none':
            return <MessagePage tone="search" {...whereStrings.pages.noWorkItem} />;
        }
      }}
    </ConnectedPage>
  );
}
