/** The heading of a group: its orchestrator, and the number of its deployments in total and in each state. */
import { Icon } from 'azure-devops-ui/Icon';
import * as React from 'react';
import { StateIcon } from '../components/StateMark.tsx';
import { strings } from '../strings.ts';
import { columnsFor, type Layout } from './columns.ts';
import { countByState } from './summary.ts';
import type { TableLine } from './table-lines.ts';
import './GroupLine.css';

type GroupTableLine = Extract<TableLine, { kind: 'group' }>;

export function GroupLine(props: {
  line: GroupTableLine;
  layout: Layout;
  index: number;
  active: boolean;
  onToggle: (line: TableLine) => void;
}): JSX.Element {
  const { line, index, active, onToggle } = props;
  return (
    <tr
      className="bolt-table-row bolt-list-row group-line"
      data-line={index}
      aria-rowindex={index + 2}
      aria-level={1}
      aria-expanded={line.open}
      tabIndex={active ? 0 : -1}
      onClick={() => onToggle(line)}
    >
      <td className="column-toggle">
        <Icon iconName={line.open ? 'ChevronDownMed' : 'ChevronRightMed'} className="toggle-icon" />
      </td>
      <td colSpan={columnsFor(props.layout).length}>
        <span className="group-heading">
          <span className="font-weight-semibold">{strings.sourceName(line.source)}</span>
          <span className="secondary-text">{strings.table.groupCount(line.rows.length)}</span>
          {[...countByState(line.rows)].map(([state, amount]) => (
            <span key={state} className="group-count" title={strings.stateName(state)}>
              <StateIcon state={state} label={strings.stateName(state)} />
              {strings.number(amount)}
            </span>
          ))}
        </span>
      </td>
    </tr>
  );
}
