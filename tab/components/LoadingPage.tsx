/** A shimmering placeholder for the table, until the first answer. */
import * as React from 'react';
import { strings } from '../strings.ts';
import './LoadingPage.css';

const widths = ['62%', '48%', '71%', '55%', '66%', '43%'];

export function LoadingPage(): JSX.Element {
  return (
    <div className="loading-page" aria-busy="true">
      <h1 className="for-screen-readers" tabIndex={-1}>
        {strings.pages.loading}
      </h1>
      <div className="loading-header">
        <div className="shimmer shimmer-circle-large" />
        <div className="shimmer shimmer-line loading-title" />
      </div>
      {widths.map((width) => (
        <div key={width} className="loading-row">
          <div className="shimmer shimmer-circle-small" />
          <div className="shimmer shimmer-line" style={{ width }} />
        </div>
      ))}
    </div>
  );
}
