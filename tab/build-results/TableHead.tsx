/** The head of the table: one button in each header sorts by its column, a second press turns the order. */
import { Icon } from 'azure-devops-ui/Icon';
import { css } from 'azure-devops-ui/Util';
import * as React from 'react';
import { strings } from '../strings.ts';
import { columnsOf, type Layout } from './columns.ts';
import type { Sort, SortColumn } from './sort.ts';

export const TableHead = React.memo(function TableHead(props: {
  layout: Layout;
  sort: Sort;
  onSort: (column: SortColumn) => void;
}): JSX.Element {
  const { sort, onSort } = props;
  return (
    <thead>
      <tr aria-rowindex={1} className="bolt-table-header-row">
        <th scope="col" className="column-toggle">
          <span className="for-screen-readers">{strings.table.details}</span>
        </th>
        {columnsOf(props.layout).map((column) => {
          const sorted = sort.column === column.id;
          const order = sort.descending ? 'descending' : 'ascending';
          return (
            <th
              key={column.id}
              scope="col"
              aria-sort={sorted ? order : undefined}
              className={css('bolt-table-header-cell', `column-${column.id}`)}
            >
              <button type="button" className="sort-button" onClick={() => onSort(column.id)}>
                <span className="text-ellipsis">{column.name}</span>
                {sorted && <Icon iconName={sort.descending ? 'SortDown' : 'SortUp'} />}
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
});
