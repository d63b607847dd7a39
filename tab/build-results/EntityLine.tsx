// biome-ignore-all lint/a11y/useSemanticElements: rows are placed by hand, which elements of a table do not allow
/** One entity in the details: cells side by side, or two lines on a narrow page. */
import * as React from 'react';
import { useTicking } from '../components/clock.ts';
import { NewTabLink } from '../components/NewTabLink.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { Ago, Moment } from '../components/Times.tsx';
import { durationText } from '../components/times.ts';
import { strings } from '../strings.ts';
import type { EntityRow } from './entity-row.ts';

const words = strings.entities;

interface EntityLineProps {
  readonly row: EntityRow;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  /** Whether this row is the one in the tab order. */
  readonly active: boolean;
}

export function EntityLine({ row, index, top, active }: EntityLineProps): JSX.Element {
  const tabIndex = active ? 0 : -1;
  const impact = words.impact(row.interruption, row.impact);
  return (
    <div
      role="row"
      className="entity-line"
      data-line={index}
      data-entity={row.id}
      data-state={row.state}
      aria-rowindex={index + 2}
      tabIndex={tabIndex}
      style={{ top }}
    >
      <span role="cell">
        <StateMark state={row.state} changeState={row.changeState} />
      </span>
      <span role="cell" className="entity-name text-ellipsis" title={row.id}>
        {row.id}
        {impact && <span className="secondary-text"> {impact}</span>}
      </span>
      <span role="cell" className="text-ellipsis">
        {row.start === undefined || row.state === 'notStarted' ? (
          strings.none
        ) : (
          <Moment instant={row.start} />
        )}
      </span>
      <span role="cell">
        <Elapsed row={row} />
      </span>
      <span role="cell" className="text-ellipsis">
        <Ago instant={row.lastUpdate} />
      </span>
      <span role="cell">
        {row.progressUrl && (
          <NewTabLink
            href={row.progressUrl}
            text={words.progress}
            title={words.progressOf(row.payload)}
            tabIndex={tabIndex}
          />
        )}
      </span>
    </div>
  );
}

/** How long the entity took or has been at work, updated every second. */
function Elapsed({ row }: { readonly row: EntityRow }): JSX.Element {
  const isAtWork = row.state === 'inProgress' || row.state === 'blocked';
  const text = useTicking((now) => {
    const end = row.end ?? (isAtWork ? now : undefined);
    if (row.start === undefined || end === undefined || row.state === 'notStarted') return strings.none;
    return durationText(Math.max(0, end - row.start));
  }, isAtWork);
  return <span className="elapsed">{text}</span>;
}
