/** One deployment in the table: cells side by side, or two lines on a narrow page. */
import { Icon } from 'azure-devops-ui/Icon';
import { css } from 'azure-devops-ui/Util';
import * as React from 'react';
import { StateIcon } from '../components/StateMark.tsx';
import { Ago } from '../components/Times.tsx';
import { strings } from '../strings.ts';
import { columnsFor, type Layout } from './columns.ts';
import { DeploymentCell, DeploymentName, Elapsed } from './DeploymentCell.tsx';
import { ProgressMark } from './ProgressMark.tsx';
import type { TableLine } from './table-lines.ts';
import './DeploymentLine.css';

interface DeploymentLineProps {
  readonly line: Extract<TableLine, { kind: 'deployment' }>;
  readonly layout: Layout;
  readonly index: number;
  /** Whether this row is the one in the tab order. */
  readonly active: boolean;
  readonly onToggle: (line: TableLine) => void;
}

export const DeploymentLine = React.memo(function DeploymentLine(props: DeploymentLineProps): JSX.Element {
  const { line, layout, index, active } = props;
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
      {layout === 'narrow' ? (
        <td className="column-deployment">
          <span className="line-one">
            <StateIcon state={row.state} />
            <DeploymentName row={row} tabIndex={tabIndex} />
          </span>
          <span className="line-two secondary-text">
            <span>{strings.stateWord(row.state, row.changeState)}</span>
            <span>{strings.sourceName(row.source)}</span>
            <Elapsed row={row} />
            <Ago instant={row.start} />
          </span>
          <ProgressMark row={row} />
        </td>
      ) : (
        columnsFor(layout).map((id) => (
          <td key={id} className={`column-${id}`}>
            <DeploymentCell column={id} row={row} tabIndex={tabIndex} onMore={toggle} />
          </td>
        ))
      )}
    </tr>
  );
}, drawsTheSame);

/** The line object is new at every rendering of the table, so compare its contents. */
function drawsTheSame(before: DeploymentLineProps, after: DeploymentLineProps): boolean {
  return (
    before.line.row === after.line.row &&
    before.line.open === after.line.open &&
    before.line.level === after.line.level &&
    before.layout === after.layout &&
    before.index === after.index &&
    before.active === after.active &&
    before.onToggle === after.onToggle
  );
}

function isOnControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button') !== null;
}

function hasSelectedText(): boolean {
  return window.getSelection()?.type === 'Range';
}
