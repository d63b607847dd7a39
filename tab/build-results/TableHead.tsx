/**
 * The head of the table: a button in each header sorts by its column, and a second press reverses the order. The
 * narrow table has one column, whose header has a button for everything that its two lines show.
 */
import { Icon } from 'azure-devops-ui/Icon';
import { css } from 'azure-devops-ui/Util';
import * as React from 'react';
import { strings } from '../strings.ts';
import { columnsFor, type Layout, narrowSorts } from './columns.ts';
import type { Sort, SortColumn } from './sort.ts';
import './TableHead.css';

interface TableHeadProps {
  readonly layout: Layout;
  readonly sort: Sort;
  readonly onSort: (column: SortColumn) => void;
}

export const TableHead = React.memo(function TableHead(props: TableHeadProps): JSX.Element {
  const { layout, sort } = props;
  return (
    <thead>
      <tr aria-rowindex={1} className="bolt-table-header-row">
        <th scope="col" className="column-toggle">
          <span className="for-screen-readers">{strings.table.details}</span>
        </th>
        {layout === 'narrow' ? (
          <th scope="col" className="bolt-table-header-cell column-deployment">
            <div className="narrow-sorts">
              {narrowSorts.map((column) => (
                <SortButton key={column} column={column} sort={sort} onSort={props.onSort} saysOrder />
              ))}
            </div>
          </th>
        ) : (
          columnsFor(layout).map((id) => (
            <th
              key={id}
              scope="col"
              aria-sort={sort.column === id ? orderOf(sort) : undefined}
              className={css('bolt-table-header-cell', `column-${id}`)}
            >
              <SortButton column={id} sort={sort} onSort={props.onSort} />
            </th>
          ))
        )}
      </tr>
    </thead>
  );
});

interface SortButtonProps {
  readonly column: SortColumn;
  readonly sort: Sort;
  readonly onSort: (column: SortColumn) => void;
  /** Whether the button itself has to tell screen readers the order, because its header cannot. */
  readonly saysOrder?: boolean;
}

function SortButton({ column, sort, onSort, saysOrder }: SortButtonProps): JSX.Element {
  const sorted = sort.column === column;
  return (
    <button type="button" className="sort-button" onClick={() => onSort(column)}>
      <span className="text-ellipsis">{strings.table.columns[column]}</span>
      {sorted && <Icon iconName={sort.descending ? 'SortDown' : 'SortUp'} />}
      {sorted && saysOrder && (
        <span className="for-screen-readers">{strings.table.sorted(sort.descending)}</span>
      )}
    </button>
  );
}

function orderOf(sort: Sort): 'ascending' | 'descending' {
  return sort.descending ? 'descending' : 'ascending';
}
