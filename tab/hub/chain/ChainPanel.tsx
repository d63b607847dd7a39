/** How far a commit has come: a picture of its way, and a table with the same content. */
import * as React from 'react';
import type { IntrospectionClient } from '../../../api/introspection/client.ts';
import type { Whereabouts } from '../../../api/introspection/contract.ts';
import type { ProjectKey } from '../../../api/keys.ts';
import { placementStateWord } from '../../components/PlacementMark.tsx';
import { durationText } from '../../components/times.ts';
import { AskedPart } from '../AskedPart.tsx';
import { ChainPicture, LazyChart } from '../LazyChart.tsx';
import { NewsList } from '../NewsList.tsx';
import { SidePanel } from '../SidePanel.tsx';
import { hubStrings } from '../strings.ts';
import { useAnswer } from '../use-answer.ts';
import { ChainTable } from './ChainTable.tsx';
import './ChainPanel.css';

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

export function kindName(kind: string): string {
  return hubStrings.chain.kinds.get(kind) ?? kind;
}

function Chain({ whereabouts }: { whereabouts: Whereabouts }): JSX.Element {
  const { Commits, PullRequests, WorkItems, Steps, AndMore } = whereabouts;
  const words = hubStrings.chain;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be in reach of the keyboard */}
      <section className="chain-scroller" aria-label={words.title} tabIndex={0}>
        <LazyChart loading={words.loadingPicture} failed={words.noPicture}>
          <ChainPicture
            steps={Steps}
            label={words.picture}
            kindName={kindName}
            stateWord={placementStateWord}
            duration={durationText}
          />
        </LazyChart>
      </section>
      {AndMore && <p className="secondary-text">{words.andMore}</p>}
      <ChainTable steps={Steps} />
      {Commits.length + PullRequests.length + WorkItems.length > 0 && (
        <section className="panel-section" aria-labelledby="chain-about">
          <h2 id="chain-about">{words.about}</h2>
          <NewsList news={{ Commits, PullRequests, WorkItems, AndMore: false }} />
        </section>
      )}
    </>
  );
}
