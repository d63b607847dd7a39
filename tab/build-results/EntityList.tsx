// biome-ignore-all lint/a11y/useSemanticElements: rows are placed by hand, which elements of a table do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows of the body take the focus, and no cell or head does
/**
 * The entities of a deployment in its details, what failed first: a table of its own that scrolls within the details,
 * draws only what is in sight, and has one row in the tab order, which the arrow keys change.
 */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { type DeploymentState, deploymentStates } from '../../api/states.ts';
import { type Line, useWindow } from '../components/use-window.ts';
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';
import { EntityLine } from './EntityLine.tsx';
import { type EntityFilter, type EntityRow, entityRows, filterEntities } from './entity-row.ts';
import { type EntitiesOf, useEntities } from './use-entities.ts';
import { useEntityFocus } from './use-entity-focus.ts';
import { useLayout } from './use-layout.ts';
import './EntityList.css';

const words = strings.entities;
const heights = { wide: 32, narrow: 52 };
const everything: EntityFilter = { text: '', state: '' };

export function EntityList(props: { row: DeploymentRow; entitiesOf: EntitiesOf }): JSX.Element {
  const { row } = props;
  const { body, failed, retry } = useEntities(row, props.entitiesOf);
  const [filter, setFilter] = React.useState(everything);
  const rows = React.useMemo(() => (body ? entityRows(body) : []), [body]);
  const shown = React.useMemo(() => filterEntities(rows, filter), [rows, filter]);
  if (!body)
    return failed ? (
      <span>
        {words.failed} <Button subtle text={strings.details.retry} onClick={retry} />
      </span>
    ) : (
      <span className="secondary-text">{words.loading}</span>
    );
  return (
    <>
      <Filter filter={filter} rows={rows} onChange={setFilter} label={words.label(row.entityType, row.id)} />
      {filter !== everything && (
        <p className="secondary-text" role="status">
          {shown.length === 0 ? words.nothing : words.shown(shown.length, rows.length)}
        </p>
      )}
      {failed && <p className="secondary-text">{words.stale}</p>}
      {body.ContinuationToken !== undefined && (
        <p className="secondary-text">{words.more(rows.length, body.Progress.Total)}</p>
      )}
      {shown.length > 0 && (
        <EntityTable rows={shown} view={JSON.stringify(filter)} label={words.label(row.entityType, row.id)} />
      )}
    </>
  );
}

function Filter(props: {
  readonly filter: EntityFilter;
  readonly rows: readonly EntityRow[];
  readonly label: string;
  readonly onChange: (filter: EntityFilter) => void;
}): JSX.Element {
  const { filter, rows, onChange } = props;
  const present = deploymentStates.filter(
    (state) => state === filter.state || rows.some((row) => row.state === state),
  );
  const amount = (state: DeploymentState) => rows.filter((row) => row.state === state).length;
  return (
    <div className="entity-filter" role="search" aria-label={`${words.filter}: ${props.label}`}>
      <input
        type="search"
        className="entity-filter-text"
        placeholder={words.filter}
        aria-label={words.filter}
        value={filter.text}
        onChange={(event) => onChange({ ...filter, text: event.target.value })}
      />
      <select
        className="entity-filter-state"
        aria-label={words.state}
        value={filter.state}
        onChange={(event) =>
          onChange({ ...filter, state: present.find((state) => state === event.target.value) ?? '' })
        }
      >
        <option value="">{words.anyState}</option>
        {present.map((state) => (
          <option key={state} value={state}>
            {words.choice(state, amount(state))}
          </option>
        ))}
      </select>
    </div>
  );
}

function EntityTable(props: {
  readonly rows: readonly EntityRow[];
  readonly view: string;
  readonly label: string;
}): JSX.Element {
  const { rows } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const body = React.useRef<HTMLDivElement>(null);
  const narrow = useLayout() === 'narrow';
  const layout = narrow ? 'narrow' : 'wide';
  const lines: Line[] = rows.map(({ key }) => ({ key, estimate: heights[layout] }));
  const focus = useEntityFocus(scroller, body, rows);
  const { indices, offsets } = useWindow(scroller, body, lines, layout, props.view, focus.activeKey);
  const bottom = offsets[offsets.length - 1] ?? 0;
  return (
    <div
      className={`entity-table ${layout}`}
      role="table"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      ref={scroller}
    >
      <div role="rowgroup" className="entity-head">
        <div role="row" aria-rowindex={1} className="entity-line secondary-text">
          <span role="columnheader">{words.columns.state}</span>
          <span role="columnheader">{words.columns.name}</span>
          <span role="columnheader">{words.columns.started}</span>
          <span role="columnheader">{words.columns.duration}</span>
          <span role="columnheader">{words.columns.updated}</span>
          <span role="columnheader">{words.columns.progress}</span>
        </div>
      </div>
      <div
        role="rowgroup"
        className="entity-rows"
        style={{ height: bottom }}
        ref={body}
        onKeyDown={focus.onKeyDown}
        onFocus={focus.onFocus}
      >
        {indices.map((index) => {
          const row = rows[index];
          return (
            row && (
              <EntityLine
                key={row.key}
                row={row}
                index={index}
                top={offsets[index] ?? 0}
                active={row.key === focus.activeKey}
              />
            )
          );
        })}
      </div>
    </div>
  );
}
