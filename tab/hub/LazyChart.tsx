/**
 * Charts, which are loaded when the first one is shown. Where that fails, there is none: what it shows stands in the
 * table beside it too.
 */
import * as React from 'react';

const charts = () => import(/* webpackChunkName: "charts" */ '../charts/index.ts');

export const ChainPicture = React.lazy(() => charts().then((loaded) => ({ default: loaded.ChainPicture })));
export const MeasureChart = React.lazy(() => charts().then((loaded) => ({ default: loaded.MeasureChart })));

/** The place of a chart while it is loaded, and for good where it cannot be. */
export class LazyChart extends React.Component<{ loading: string; failed: string }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): React.ReactNode {
    if (this.state.failed) return <p className="secondary-text">{this.props.failed}</p>;
    return (
      <React.Suspense fallback={<p className="secondary-text">{this.props.loading}</p>}>
        {this.props.children}
      </React.Suspense>
    );
  }
}
