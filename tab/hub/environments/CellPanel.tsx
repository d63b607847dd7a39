/** The details of one cell: what is there, what was there before, and what each placement brought. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import type { Changes, Placement } from '../../../api/introspection/contract.ts';
import { stateOf } from '../../../api/states.ts';
import { KindMark, PlacementState, versionOf } from '../../components/PlacementMark.tsx';
import { Moment } from '../../components/Times.tsx';
import { placementStrings } from '../../placement-strings.ts';
import { strings } from '../../strings.ts';
import { AskedPart } from '../AskedPart.tsx';
import type { ViewProps } from '../HubPage.tsx';
import type { CellKey } from '../hub-options.ts';
import { MaybeLink, NewsList, newsTitle } from '../NewsList.tsx';
import { SidePanel } from '../SidePanel.tsx';
import { hubStrings } from '../strings.ts';
import { useAnswer } from '../use-answer.ts';
import './CellPanel.css';

const historyLength = 50;

type CellPanelProps = ViewProps & { cell: CellKey; onDismiss: () => void };

export function CellPanel(props: CellPanelProps): JSX.Element {
  const { client, project, cell, options } = props;
  const { service, environment } = cell;
  const { at } = options;
  const [chosen, setChosen] = React.useState<string>();
  const askHistory = React.useCallback(
    (signal: AbortSignal) =>
      client.getChanges(
        {
          ...project,
          services: [service],
          environments: [environment],
          ...(at && { at }),
          top: historyLength,
        },
        { signal },
      ),
    [client, project, service, environment, at],
  );
  const history = useAnswer(askHistory);
  return (
    <SidePanel title={hubStrings.cell.title(service, environment)} onDismiss={props.onDismiss}>
      <AskedPart asked={history} loading={hubStrings.cell.loadingHistory} nothing={hubStrings.cell.noHistory}>
        {(body) => <History {...props} changes={body} chosen={chosen} onChoose={(key) => setChosen(key)} />}
      </AskedPart>
    </SidePanel>
  );
}

type HistoryProps = CellPanelProps & {
  changes: Changes;
  chosen: string | undefined;
  onChoose: (key: string) => void;
};

function History(props: HistoryProps): JSX.Element {
  const placements = props.changes.Changes.map((change) => change.Placement);
  const current = placements.find((placement) => stateOf(placement) === 'succeeded');
  const shown = placements.find((placement) => keyOf(placement) === props.chosen) ?? current ?? placements[0];
  if (!shown) return <p className="secondary-text">{hubStrings.cell.noHistory}</p>;
  return (
    <>
      <NewsOf {...props} placement={shown} />
      <section className="panel-section" aria-labelledby="cell-history">
        <h2 id="cell-history">{hubStrings.cell.history}</h2>
        <ol className="plain-list history">
          {placements.map((placement) => (
            <HistoryLine
              key={keyOf(placement)}
              placement={placement}
              isCurrent={placement === current}
              isPast={props.options.at !== ''}
              isShown={placement === shown}
              onChoose={() => props.onChoose(keyOf(placement))}
              onChain={() =>
                props.onOptions({ cell: undefined, pivot: 'changes', commit: placement.Build.Commit })
              }
            />
          ))}
        </ol>
        {props.changes.ContinuationToken !== undefined && (
          <Button
            text={hubStrings.cell.more}
            onClick={() =>
              props.onOptions({
                cell: undefined,
                pivot: 'changes',
                service: props.cell.service,
                environment: props.cell.environment,
              })
            }
          />
        )}
      </section>
    </>
  );
}

/** What the chosen placement brought, against the one before it. */
function NewsOf(props: CellPanelProps & { placement: Placement }): JSX.Element {
  const { client, project, placement } = props;
  const { Service, Environment, DeploymentSource, DeploymentId } = placement;
  const ask = React.useCallback(
    (signal: AbortSignal) =>
      client.getNews(
        {
          ...project,
          service: Service,
          environment: Environment,
          source: DeploymentSource,
          deploymentId: DeploymentId,
        },
        { signal },
      ),
    [client, project, Service, Environment, DeploymentSource, DeploymentId],
  );
  const news = useAnswer(ask);
  return (
    <section className="panel-section" aria-labelledby="cell-news">
      <h2 id="cell-news">
        {news.kind === 'found' ? newsTitle(news.body) : hubStrings.cell.news(versionOf(placement))}
      </h2>
      <AskedPart asked={news} loading={hubStrings.cell.loadingNews} nothing={hubStrings.cell.noNews}>
        {(body) => <NewsList news={body} />}
      </AskedPart>
    </section>
  );
}

interface HistoryLineProps {
  readonly placement: Placement;
  readonly isCurrent: boolean;
  readonly isPast: boolean;
  readonly isShown: boolean;
  readonly onChoose: () => void;
  readonly onChain: () => void;
}

function HistoryLine(props: HistoryLineProps): JSX.Element {
  const { placement, isCurrent, isShown } = props;
  const { Build, By, DeploymentUrl, EndTime, StartTime } = placement;
  const words = hubStrings.cell;
  return (
    <li className={isShown ? 'history-line shown' : 'history-line'}>
      <div className="history-head">
        <button
          type="button"
          className="history-choice"
          aria-pressed={isShown}
          aria-label={words.showNews(versionOf(placement))}
          onClick={props.onChoose}
        >
          {versionOf(placement)}
        </button>
        <KindMark kind={placement.Kind} />
        {isCurrent && (
          <span className="secondary-text">{props.isPast ? words.wasCurrent : words.current}</span>
        )}
        <span className="history-state">
          <PlacementState placement={placement} />
        </span>
      </div>
      <div className="history-facts secondary-text">
        <Moment instant={Date.parse(EndTime ?? StartTime)} />
        {By && <span className="break-anywhere">{placementStrings.by(By)}</span>}
        <MaybeLink href={Build.Url} text={words.build(Build.Number || strings.number(Build.Id))} />
        {DeploymentUrl && DeploymentUrl !== Build.Url && (
          <MaybeLink href={DeploymentUrl} text={words.deployment} />
        )}
        {Build.Commit && (
          <Button subtle className="chain-button" text={words.chain} onClick={props.onChain} />
        )}
      </div>
    </li>
  );
}

/** A deployment may have been seen in an environment more than once, for several builds. */
function keyOf({ DeploymentSource, DeploymentId, Build }: Placement): string {
  return JSON.stringify([DeploymentSource, DeploymentId, Build.ProjectId, Build.Id]);
}
