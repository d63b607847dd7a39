/** One deployment in the table: cells side by side, or two lines where the page is narrow. */
import { Icon } from 'azure-devops-ui/Icon';
import { css } from 'azure-devops-ui/Util';
import * as React from 'react';
import { useNow } from '../components/clock.ts';
import { NewTabLink } from '../components/NewTabLink.tsx';
import { StateIcon, StateMark } from '../components/StateMark.tsx';
import { Ago, Moment } from '../components/Times.tsx';
import { durationText } from '../components/times.ts';
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';
import { duration } from './sort.ts';
import type { TableLine } from './table-lines.ts';

type DeploymentTableLine = Extract<TableLine, { kind: 'deployment' }>;

interface DeploymentLineProps {
  readonly line: DeploymentTableLine;
  readonly index: number;
  readonly active: boolean;
  readonly onToggle: (line: TableLine) => void;
}

export const DeploymentLine = React.memo(function DeploymentLine(props: DeploymentLineProps): JSX.Element {
  const { line, index, active } = props;
  const { row, open } = line;
  const tabIndex = active ? 0 : -1;
  const toggle = () => props.onToggle(line);
  return (
    <tr
      className={css('bolt-table-row bolt-list-row deployment-line', open && 'open')}
      data-line={index}
      data-deployment={row.id}
      aria-rowindex={index + 2}
      aria-level={line.level}
      aria-expanded={open}
      tabIndex={tabIndex}
      onClick={(event) => {
        if (!isOnControl(event.target) && !hasSelectedText()) toggle();
      }}
    >
      <td className="column-toggle">
        <button
          type="button"
          className="toggle-button"
          tabIndex={-1}
          aria-label={strings.table.expand(row.id)}
          aria-expanded={open}
          onClick={toggle}
        >
          <Icon iconName={open ? 'ChevronDownMed' : 'ChevronRightMed'} className="toggle-icon" />
        </button>
      </td>
      <td className="column-state">
        <StateMark state={row.state} changeState={row.changeState} />
      </td>
      <td className="column-source">{strings.sourceName(row.source)}</td>
      <td className="column-deployment">
        <span className="line-one">
          <span className="narrow-only">
            <StateIcon state={row.state} />
          </span>
          {row.url ? (
            <NewTabLink href={row.url} text={row.id} tabIndex={tabIndex} className="text-ellipsis" />
          ) : (
            <span className="text-ellipsis" title={row.id}>
              {row.id}
            </span>
          )}
        </span>
        <span className="line-two narrow-only secondary-text">
          <span>{row.state === 'unknown' ? row.changeState : strings.stateName(row.state)}</span>
          <span>{strings.sourceName(row.source)}</span>
          <Ago instant={row.start} />
          <Elapsed row={row} />
        </span>
      </td>
      <td className="column-payloads">
        <FoldedPayloads row={row} tabIndex={tabIndex} onMore={toggle} />
      </td>
      <td className="column-owner text-ellipsis" title={row.ownerType || undefined}>
        {row.owner || strings.none}
      </td>
      <td className="column-start text-ellipsis">
        <Moment instant={row.start} />
      </td>
      <td className="column-duration">
        <Elapsed row={row} />
      </td>
      <td className="column-lastUpdate">
        <Ago instant={row.lastUpdate} />
      </td>
    </tr>
  );
}, sameLine);

/** The line is new whenever the table is; what stands in it tells whether anything has to be drawn. */
function sameLine(before: DeploymentLineProps, after: DeploymentLineProps): boolean {
  return (
    before.line.row === after.line.row &&
    before.line.open === after.line.open &&
    before.line.level === after.line.level &&
    before.index === after.index &&
    before.active === after.active &&
    before.onToggle === after.onToggle
  );
}

function FoldedPayloads(props: { row: DeploymentRow; tabIndex: number; onMore: () => void }): JSX.Element {
  const [first, ...others] = props.row.payloads;
  if (!first) return <>{strings.none}</>;
  return (
    <span className="folded-payloads">
      {first.url ? (
        <NewTabLink href={first.url} text={first.id} tabIndex={props.tabIndex} className="text-ellipsis" />
      ) : (
        <span className="text-ellipsis" title={first.id}>
          {first.id}
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
    </span>
  );
}

/** How long the deployment took, or has taken so far: that grows by the second. */
export function Elapsed(props: { row: DeploymentRow }): JSX.Element {
  const now = useNow(props.row.end === undefined);
  return <span className="elapsed">{durationText(duration(props.row, now))}</span>;
}

function isOnControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button') !== null;
}

function hasSelectedText(): boolean {
  return window.getSelection()?.type === 'Range';
}
