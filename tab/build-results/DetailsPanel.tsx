/** The details of a deployment, below its row. */
import * as React from 'react';
import { CopyButton } from '../components/CopyButton.tsx';
import { NewTabLink } from '../components/NewTabLink.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { TimeFormatsContext } from '../components/Times.tsx';
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';
import { EntityList } from './EntityList.tsx';
import { OtherBuilds, type OtherBuildsOf } from './OtherBuilds.tsx';
import { progressSentence } from './progress-text.ts';
import type { EntitiesOf } from './use-entities.ts';
import './DetailsPanel.css';

export function DetailsPanel(props: {
  row: DeploymentRow;
  otherBuildsOf: OtherBuildsOf;
  entitiesOf: EntitiesOf;
}): JSX.Element {
  const { row } = props;
  const progress = row.progress && { ...row, progress: row.progress };
  const words = strings.details;
  return (
    <section className="details" aria-label={strings.table.expand(row.id)}>
      <Part title={words.id} wide>
        <div className="details-id">
          <code>{row.id}</code>
          <span className="details-actions">
            <CopyButton text={row.id} label={words.copyId} />
            {row.url && <CopyButton text={row.url} label={words.copyLink} />}
          </span>
        </div>
        {row.url ? <NewTabLink href={row.url} text={row.url} /> : <p>{words.noLink}</p>}
      </Part>
      {progress && (
        <Part title={strings.entities.title(row.entityType, progress.progress.Total)} wide>
          <EntityList row={row} entitiesOf={props.entitiesOf} />
        </Part>
      )}
      <Part title={words.payloads}>
        <ul className="plain-list">
          {row.payloads.map((payload) => (
            <li key={payload.id}>
              {payload.url ? <NewTabLink href={payload.url} text={payload.id} /> : payload.id}
            </li>
          ))}
        </ul>
        {row.payloads.length === 0 && strings.none}
      </Part>
      <Part title={words.times}>
        <Times row={row} />
      </Part>
      <Part title={words.state}>
        <StateMark state={row.state} changeState={row.changeState} />
        <code>{row.changeState || strings.none}</code>
        {progress && <span className="secondary-text">{progressSentence(progress)}</span>}
      </Part>
      <Part title={words.owner}>
        <span className="break-anywhere">{row.owner || strings.none}</span>
        {row.ownerType && <span className="secondary-text">{row.ownerType}</span>}
      </Part>
      <Part title={words.otherBuilds}>
        <OtherBuilds row={row} otherBuildsOf={props.otherBuildsOf} />
      </Part>
      {row.metadata && (
        <Part title={words.metadata} wide>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard */}
          <section className="metadata" tabIndex={0} aria-label={words.metadata}>
            <pre>{prettyPrinted(row.metadata)}</pre>
          </section>
        </Part>
      )}
    </section>
  );
}

function Part(props: { title: string; wide?: boolean; children: React.ReactNode }): JSX.Element {
  return (
    <div className={props.wide ? 'details-part wide' : 'details-part'}>
      <h2 className="details-title secondary-text">{props.title}</h2>
      {props.children}
    </div>
  );
}

function Times(props: { row: DeploymentRow }): JSX.Element {
  const { row } = props;
  const words = strings.details;
  return (
    <dl className="times">
      <ExactTime label={words.started} instant={row.start} />
      {row.end === undefined ? (
        <>
          <dt>{words.ended}</dt>
          <dd>{words.notEnded}</dd>
        </>
      ) : (
        <ExactTime label={words.ended} instant={row.end} />
      )}
      <ExactTime label={words.updated} instant={row.lastUpdate} />
    </dl>
  );
}

function ExactTime(props: { label: string; instant: number }): JSX.Element {
  const formats = React.useContext(TimeFormatsContext);
  return (
    <>
      <dt>{props.label}</dt>
      <dd>
        {formats.exact(props.instant)}
        {!formats.isUtc(props.instant) && (
          <>
            {' '}
            <span className="secondary-text">{formats.utc(props.instant)}</span>
          </>
        )}
      </dd>
    </>
  );
}

/** Indents JSON text, and leaves other text as it is. */
function prettyPrinted(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
