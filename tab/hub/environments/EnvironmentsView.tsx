/** Services by environments: what is where, now or at a time, and the details of one cell beside it. */
import * as React from 'react';
import type { Environments } from '../../../api/introspection/contract.ts';
import { MessagePage } from '../../components/MessagePage.tsx';
import type { FoundKnowledge } from '../../live/live-answer.ts';
import { type Live, useLiveAnswer } from '../../live/use-live-answer.ts';
import type { ViewProps } from '../HubPage.tsx';
import { isFilteredMatrix, withoutMatrixFilters } from '../hub-options.ts';
import { KnowledgeFrame } from '../KnowledgeFrame.tsx';
import { NothingYetPage } from '../NothingYetPage.tsx';
import { hubStrings } from '../strings.ts';
import { announceMatrix } from './announce-matrix.ts';
import { CellPanel } from './CellPanel.tsx';
import { ColumnsPanel } from './ColumnsPanel.tsx';
import { EnvironmentsBar } from './EnvironmentsBar.tsx';
import { MatrixFilters } from './MatrixFilters.tsx';
import { MatrixGrid } from './MatrixGrid.tsx';
import { MatrixNotices } from './MatrixNotices.tsx';
import {
  environmentsBefore,
  filteredRows,
  groupedRows,
  movedColumn,
  orderedColumns,
  serviceRows,
  shownColumns,
} from './matrix.ts';
import { matrixQuery } from './matrix-query.ts';

export function EnvironmentsView(props: ViewProps): JSX.Element {
  const { client, project, options, anonymous } = props;
  const query = React.useMemo(() => matrixQuery(client, project, options.at), [client, project, options.at]);
  const live = useLiveAnswer(query, announceMatrix);
  return (
    <>
      <EnvironmentsBar live={live} options={options} onOptions={props.onOptions} />
      <KnowledgeFrame live={live} anonymous={anonymous}>
        {(found) => <Matrix {...props} live={live} found={found} />}
      </KnowledgeFrame>
    </>
  );
}

type MatrixProps = ViewProps & { live: Live<Environments>; found: FoundKnowledge<Environments> };

function Matrix(props: MatrixProps): JSX.Element {
  const { found, options, onOptions } = props;
  const { body } = found;
  const [choosing, setChoosing] = React.useState(false);
  const [said, say] = React.useState('');
  const all = React.useMemo(() => serviceRows(body), [body]);
  const columns = React.useMemo(() => shownColumns(body.Environments, options), [body, options]);
  const before = React.useMemo(() => environmentsBefore(body.Environments), [body]);
  const matching = React.useMemo(() => filteredRows(all, options), [all, options]);
  const rows = React.useMemo(() => groupedRows(matching, options.grouping), [matching, options.grouping]);
  const latest = React.useRef({ props, columns });
  latest.current = { props, columns };

  const open = React.useCallback((service: string, environment: string) => {
    latest.current.props.onOptions({ cell: { service, environment } });
  }, []);
  const move = React.useCallback((name: string, by: number) => {
    const { props: now, columns: shown } = latest.current;
    const names = shown.map(({ Name }) => Name);
    const moved = movedColumn(names, name, by);
    const hidden = orderedColumns(now.found.body.Environments, now.options.columns)
      .map(({ Name }) => Name)
      .filter((other) => !names.includes(other));
    now.onOptions({ columns: [...moved, ...hidden] });
    say(hubStrings.matrix.moved(name, moved.indexOf(name) + 1, moved.length));
  }, []);
  const close = React.useCallback(() => latest.current.props.onOptions({ cell: undefined }), []);

  if (all.length === 0 && body.Environments.length === 0 && !options.at)
    return <NothingYetPage serviceUrl={props.serviceUrl} />;
  return (
    <>
      <div className="for-screen-readers" role="status">
        {said}
      </div>
      <MatrixNotices found={found} onSettings={() => onOptions({ pivot: 'settings' })} />
      <MatrixFilters
        options={options}
        rows={all}
        shown={matching.length}
        onOptions={onOptions}
        onColumns={() => setChoosing(true)}
      />
      {columns.length === 0 ? (
        <MessagePage
          tone="search"
          level={2}
          title={hubStrings.matrix.noColumnsTitle}
          text={hubStrings.matrix.noColumnsText}
          action={hubStrings.matrix.columns}
          onAction={() => setChoosing(true)}
        />
      ) : rows.length === 0 ? (
        <MessagePage
          tone="search"
          level={2}
          title={hubStrings.matrix.nothingTitle}
          text={hubStrings.matrix.nothingText}
          action={isFilteredMatrix(options) ? hubStrings.matrix.clear : undefined}
          onAction={() => onOptions(withoutMatrixFilters)}
        />
      ) : (
        <MatrixGrid
          rows={rows}
          columns={columns}
          before={before}
          view={JSON.stringify([options.text, options.states, options.grouping, options.at])}
          onOpen={open}
          onMove={move}
        />
      )}
      {choosing && (
        <ColumnsPanel
          environments={orderedColumns(body.Environments, options.columns)}
          hidden={options.hidden}
          onChange={onOptions}
          onDismiss={() => setChoosing(false)}
        />
      )}
      {options.cell && <CellPanel {...props} cell={options.cell} onDismiss={close} />}
    </>
  );
}
