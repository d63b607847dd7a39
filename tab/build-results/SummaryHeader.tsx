/** The summary: one line, its age, and the refresh button. */
import * as React from 'react';
import { RefreshButton } from '../components/RefreshButton.tsx';
import { StateIcon } from '../components/StateMark.tsx';
import { Ago, TimeFormatsContext } from '../components/Times.tsx';
import { strings } from '../strings.ts';
import type { Summary } from './summary.ts';
import './SummaryHeader.css';

export function SummaryHeader(props: {
  summary: Summary;
  asOf: number;
  refreshing: boolean;
  onRefresh: () => void;
}): JSX.Element {
  const { summary } = props;
  const formats = React.useContext(TimeFormatsContext);
  return (
    <header className="summary-header">
      <StateIcon state={summary.state} large />
      <div className="summary-text">
        <h1 className="title-m summary-headline" tabIndex={-1}>
          {summary.headline}
          <span className="summary-change">
            {strings.summary.lastChange}
            <Ago instant={summary.lastChange} />
          </span>
        </h1>
        <p className="secondary-text">
          {strings.summary.asOf(formats.clock(props.asOf, Date.now()))}
          {summary.allFinal && strings.summary.settled}
          {props.refreshing && strings.refreshInProgress}
        </p>
      </div>
      <RefreshButton refreshing={props.refreshing} onRefresh={props.onRefresh} />
    </header>
  );
}
