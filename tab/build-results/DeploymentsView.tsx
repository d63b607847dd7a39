/** The page with deployments: header, notices, filters and table. */
import type { KeywordFilterBarItem } from 'azure-devops-ui/TextFilterBarItem';
import * as React from 'react';
import { MessagePage } from '../components/MessagePage.tsx';
import { Notice } from '../components/Notice.tsx';
import { TimeFormatsContext } from '../components/Times.tsx';
import { strings } from '../strings.ts';
import { startsDescending } from './columns.ts';
import { DeploymentsTable } from './DeploymentsTable.tsx';
import { DetailsPanel } from './DetailsPanel.tsx';
import type { DeploymentRow } from './deployment-row.ts';
import { FilterRow } from './FilterRow.tsx';
import type { Knowledge } from './live-deployments.ts';
import type { OtherBuildsOf } from './OtherBuilds.tsx';
import { SummaryHeader } from './SummaryHeader.tsx';
import type { SortColumn } from './sort.ts';
import { summarize } from './summary.ts';
import { type OpenLines, type TableLine, tableLines } from './table-lines.ts';
import type { EntitiesOf } from './use-entities.ts';
import { filterRows, isFiltered, type ViewOptions, withoutFilters } from './view-options.ts';
import './DeploymentsView.css';

type Deployments = Extract<Knowledge, { kind: 'deployments' }>;

export interface DeploymentsViewProps {
  readonly deployments: Deployments;
  readonly refreshing: boolean;
  readonly options: ViewOptions;
  readonly onOptions: (options: ViewOptions) => void;
  readonly onRefresh: () => void;
  readonly otherBuildsOf: OtherBuildsOf;
  readonly entitiesOf: EntitiesOf;
}

export function DeploymentsView(props: DeploymentsViewProps): JSX.Element {
  const { deployments, options, onOptions, otherBuildsOf, entitiesOf } = props;
  const { rows } = deployments;
  const [open, setOpen] = React.useState<OpenLines>({ deployments: new Set(), foldedGroups: new Set() });
  const summary = React.useMemo(() => summarize(rows), [rows]);
  const lines = React.useMemo(() => tableLines(rows, options, open, Date.now()), [rows, options, open]);
  const shown = React.useMemo(() => filterRows(rows, options).length, [rows, options]);
  const toggle = React.useCallback((line: TableLine) => setOpen((now) => toggled(now, line)), []);
  const renderDetails = React.useCallback(
    (row: DeploymentRow) => <DetailsPanel row={row} otherBuildsOf={otherBuildsOf} entitiesOf={entitiesOf} />,
    [otherBuildsOf, entitiesOf],
  );
  const text = React.useRef<KeywordFilterBarItem>(null);
  const clear = () => {
    onOptions(withoutFilters(options));
    text.current?.focus();
  };
  const latest = React.useRef(props);
  latest.current = props;
  const sortBy = React.useCallback((column: SortColumn) => {
    latest.current.onOptions(sortedBy(latest.current.options, column));
  }, []);

  return (
    <div className="deployments-page">
      <SummaryHeader
        summary={summary}
        asOf={deployments.asOf}
        refreshing={props.refreshing}
        onRefresh={props.onRefresh}
      />
      <Notices deployments={deployments} />
      <FilterRow options={options} rows={rows} onChange={onOptions} onClear={clear} textRef={text} />
      {isFiltered(options) && (
        <p className="shown-count secondary-text" role="status">
          {strings.filter.shown(shown, rows.length)}
        </p>
      )}
      {shown === 0 ? (
        <MessagePage
          tone="search"
          title={strings.filter.nothingTitle}
          text={strings.filter.nothingText}
          action={strings.filter.clear}
          level={2}
          onAction={clear}
        />
      ) : (
        <DeploymentsTable
          lines={lines}
          sort={options.sort}
          view={JSON.stringify(options)}
          onSort={sortBy}
          onToggle={toggle}
          renderDetails={renderDetails}
        />
      )}
    </div>
  );
}

function Notices(props: { deployments: Deployments }): JSX.Element {
  const { refreshError, fromMemory, unreadable, asOf } = props.deployments;
  const formats = React.useContext(TimeFormatsContext);
  return (
    <>
      {refreshError && (
        <Notice tone="warning" text={strings.notices.stale(formats.clock(asOf, Date.now()))} />
      )}
      {fromMemory && <Notice tone="info" text={strings.notices.served} />}
      {unreadable > 0 && <Notice tone="info" text={strings.notices.unreadable(unreadable)} />}
    </>
  );
}

function toggled(open: OpenLines, line: TableLine): OpenLines {
  switch (line.kind) {
    case 'group':
      return { ...open, foldedGroups: withToggled(open.foldedGroups, line.source) };
    case 'deployment':
      return { ...open, deployments: withToggled(open.deployments, line.key) };
    case 'details':
      return open;
  }
}

function withToggled(set: ReadonlySet<string>, value: string): ReadonlySet<string> {
  const changed = new Set(set);
  if (!changed.delete(value)) changed.add(value);
  return changed;
}

/** A new column starts with its usual order; the same column again reverses it. */
function sortedBy(options: ViewOptions, column: SortColumn): ViewOptions {
  const { sort } = options;
  const descending = sort.column === column ? !sort.descending : startsDescending(column);
  return { ...options, sort: { column, descending } };
}
