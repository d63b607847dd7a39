/**
 * The table of deployments: a tree grid with one row in the tab order, which the arrow keys change. Rows are
 * identified by their deployment and not by their index, so that a refresh does not change the focus, the scroll
 * position or the open rows.
 */
import * as React from 'react';
import { type Line, useWindow } from '../components/use-window.ts';
import { strings } from '../strings.ts';
import { columnsFor, type Layout } from './columns.ts';
import { DeploymentLine } from './DeploymentLine.tsx';
import type { DeploymentRow } from './deployment-row.ts';
import { GroupLine } from './GroupLine.tsx';
import type { Sort, SortColumn } from './sort.ts';
import { TableHead } from './TableHead.tsx';
import type { TableLine } from './table-lines.ts';
import { useLayout } from './use-layout.ts';
import { useRowFocus } from './use-row-focus.ts';
import './DeploymentsTable.css';

interface DeploymentsTableProps {
  readonly lines: readonly TableLine[];
  readonly sort: Sort;
  /** Identifies what is shown; when it changes, the table scrolls to its top. */
  readonly view: string;
  readonly onSort: (column: SortColumn) => void;
  readonly onToggle: (line: TableLine) => void;
  readonly renderDetails: (row: DeploymentRow) => React.ReactNode;
}

const wideHeights = { group: 44, deployment: 48, details: 320 };
const narrowHeights = { group: 44, deployment: 72, details: 520 };

export function DeploymentsTable(props: DeploymentsTableProps): JSX.Element {
  const { lines, onToggle } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const body = React.useRef<HTMLTableSectionElement>(null);
  const layout = useLayout();
  const columns = columnsFor(layout).length + 1;
  const heights = layout === 'narrow' ? narrowHeights : wideHeights;
  const focus = useRowFocus(scroller, body, lines, onToggle);
  const reckoned: Line[] = lines.map((line) => ({ key: line.key, estimate: heights[line.kind] }));
  const { indices, offsets } = useWindow(scroller, body, reckoned, layout, props.view, focus.activeKey);

  return (
    <div className="table-scroller" ref={scroller}>
      <table
        className="bolt-table bolt-list body-m deployments-table"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a tree grid needs a table
        role="treegrid"
        aria-label={strings.table.label}
        aria-rowcount={lines.length + 1}
      >
        <TableHead layout={layout} sort={props.sort} onSort={props.onSort} />
        <tbody ref={body} onKeyDown={focus.onKeyDown} onFocus={focus.onFocus}>
          {indices.map((index, position) => {
            const line = lines[index];
            const above = offsets[(indices[position - 1] ?? -1) + 1] ?? 0;
            const gap = (offsets[index] ?? 0) - above;
            return (
              line && (
                <React.Fragment key={line.key}>
                  <Gap columns={columns} height={gap} />
                  <TableLineView
                    line={line}
                    layout={layout}
                    index={index}
                    active={line.key === focus.activeKey}
                    onToggle={onToggle}
                    renderDetails={props.renderDetails}
                  />
                </React.Fragment>
              )
            );
          })}
          <Gap
            columns={columns}
            height={(offsets[lines.length] ?? 0) - (offsets[(indices[indices.length - 1] ?? -1) + 1] ?? 0)}
          />
        </tbody>
      </table>
    </div>
  );
}

/** Takes the space of lines that are not rendered. */
function Gap(props: { columns: number; height: number }): JSX.Element | null {
  if (props.height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: this row cannot be focused
    <tr aria-hidden="true" className="table-gap">
      <td colSpan={props.columns} style={{ height: props.height }} />
    </tr>
  );
}

interface TableLineViewProps {
  readonly line: TableLine;
  readonly layout: Layout;
  readonly index: number;
  readonly active: boolean;
  readonly onToggle: (line: TableLine) => void;
  readonly renderDetails: (row: DeploymentRow) => React.ReactNode;
}

function TableLineView(props: TableLineViewProps): JSX.Element {
  const { line, layout, index, active, onToggle } = props;
  switch (line.kind) {
    case 'group':
      return <GroupLine line={line} layout={layout} index={index} active={active} onToggle={onToggle} />;
    case 'deployment':
      return <DeploymentLine line={line} layout={layout} index={index} active={active} onToggle={onToggle} />;
    case 'details':
      return (
        <tr className="details-line" data-line={index} aria-rowindex={index + 2} aria-level={line.level}>
          <td colSpan={columnsFor(props.layout).length + 1}>{props.renderDetails(line.row)}</td>
        </tr>
      );
  }
}
