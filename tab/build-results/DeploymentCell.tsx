/** The cells of a deployment's row. */
import * as React from 'react';
import { useTicking } from '../components/clock.ts';
import { MiddleText } from '../components/MiddleText.tsx';
import { NewTabLink } from '../components/NewTabLink.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { Ago, Moment } from '../components/Times.tsx';
import { durationText } from '../components/times.ts';
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';
import { ProgressMark } from './ProgressMark.tsx';
import { duration, type SortColumn } from './sort.ts';
import './DeploymentCell.css';

interface DeploymentCellProps {
  readonly column: SortColumn;
  readonly row: DeploymentRow;
  /** The tab index of links and buttons in the cell: 0 in the active row, otherwise -1. */
  readonly tabIndex: number;
  /** Opens the details, which list all payloads. */
  readonly onMore: () => void;
}

export function DeploymentCell(props: DeploymentCellProps): JSX.Element {
  const { row, tabIndex } = props;
  switch (props.column) {
    case 'state':
      return (
        <>
          <StateMark state={row.state} changeState={row.changeState} />
          <ProgressMark row={row} />
        </>
      );
    case 'source':
      return <div className="text-ellipsis">{strings.sourceName(row.source)}</div>;
    case 'deployment':
      return <DeploymentName row={row} tabIndex={tabIndex} />;
    case 'payloads':
      return <FoldedPayloads row={row} tabIndex={tabIndex} onMore={props.onMore} />;
    case 'owner':
      return (
        <div className="text-ellipsis" title={strings.table.owner(row.ownerType, row.owner) || undefined}>
          {row.owner || strings.none}
        </div>
      );
    case 'start':
      return <Moment instant={row.start} />;
    case 'duration':
      return <Elapsed row={row} />;
    case 'lastUpdate':
      return <Ago instant={row.lastUpdate} />;
  }
}

/** The id of the deployment, as a link to its rollout if there is one. */
export function DeploymentName(props: { row: DeploymentRow; tabIndex: number }): JSX.Element {
  const { id, shortId, url } = props.row;
  return url ? (
    <NewTabLink
      href={url}
      text={shortId}
      title={id}
      tabIndex={props.tabIndex}
      className="text-ellipsis"
      shortened
    />
  ) : (
    <div className="text-ellipsis" title={id}>
      <MiddleText text={shortId} />
    </div>
  );
}

/** How long the deployment took or has been running, updated every second. */
export function Elapsed(props: { row: DeploymentRow }): JSX.Element {
  const { row } = props;
  const text = useTicking((now) => {
    const elapsed = duration(row, now);
    return elapsed === undefined ? strings.none : durationText(elapsed);
  }, row.end === undefined);
  return <span className="elapsed">{text}</span>;
}

function FoldedPayloads(props: { row: DeploymentRow; tabIndex: number; onMore: () => void }): JSX.Element {
  const [first, ...others] = props.row.payloads;
  if (!first) return <>{strings.none}</>;
  return (
    <div className="folded-payloads">
      {first.url ? (
        <NewTabLink
          href={first.url}
          text={first.shortId}
          title={first.id}
          tabIndex={props.tabIndex}
          className="text-ellipsis"
          shortened
        />
      ) : (
        <span className="text-ellipsis" title={first.id}>
          <MiddleText text={first.shortId} />
        </span>
      )}
      {others.length > 0 && (
        <button
          type="button"
          className="more-button"
          tabIndex={props.tabIndex}
          aria-label={strings.table.morePayloads(others.length)}
          title={others.map((payload) => payload.id).join('\n')}
          onClick={props.onMore}
        >
          {strings.table.more(others.length)}
        </button>
      )}
    </div>
  );
}
