/** How far a commit has come, and what it belongs to. */
import * as React from 'react';
import type { IntrospectionClient } from '../../../api/introspection/client.ts';
import type { Whereabouts } from '../../../api/introspection/contract.ts';
import type { ProjectKey } from '../../../api/keys.ts';
import { AskedPart } from '../AskedPart.tsx';
import { NewsList } from '../NewsList.tsx';
import { SidePanel } from '../SidePanel.tsx';
import { hubStrings } from '../strings.ts';
import { useAnswer } from '../use-answer.ts';
import { ChainWay } from './ChainWay.tsx';

interface ChainPanelProps {
  readonly client: IntrospectionClient;
  readonly project: ProjectKey;
  readonly commit: string;
  readonly onDismiss: () => void;
}

export function ChainPanel(props: ChainPanelProps): JSX.Element {
  const { client, project, commit } = props;
  const words = hubStrings.chain;
  const ask = React.useCallback(
    (signal: AbortSignal) => client.getCommit({ ...project, commit }, { signal }),
    [client, project, commit],
  );
  const asked = useAnswer(ask);
  return (
    <SidePanel title={words.title} description={commit.slice(0, 12)} large onDismiss={props.onDismiss}>
      <AskedPart asked={asked} loading={words.loading} nothing={words.unknown}>
        {(body) => <Chain whereabouts={body} />}
      </AskedPart>
    </SidePanel>
  );
}

function Chain({ whereabouts }: { whereabouts: Whereabouts }): JSX.Element {
  const { Commits, PullRequests, WorkItems, Steps, AndMore } = whereabouts;
  return (
    <>
      <ChainWay steps={Steps} andMore={AndMore} />
      {Commits.length + PullRequests.length + WorkItems.length > 0 && (
        <section className="panel-section" aria-labelledby="chain-about">
          <h2 id="chain-about">{hubStrings.chain.about}</h2>
          <NewsList news={{ Commits, PullRequests, WorkItems, AndMore: false }} />
        </section>
      )}
    </>
  );
}
