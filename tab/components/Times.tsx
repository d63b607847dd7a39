/** The user's time formats, as a React context, and the components that use them. */
import * as React from 'react';
import { useTicking } from './clock.ts';
import { timeFormats } from './times.ts';

export const TimeFormatsContext = React.createContext(timeFormats());

/** A time, such as "Jan 2, 2024, 7:17 AM"; the tooltip has the exact time. */
export function Moment(props: { instant: number }): JSX.Element {
  const formats = React.useContext(TimeFormatsContext);
  return (
    <time dateTime={new Date(props.instant).toISOString()} title={formats.exact(props.instant)}>
      {formats.short(props.instant)}
    </time>
  );
}

/** How long ago a time was, updated as it grows; the tooltip has the exact time. */
export function Ago(props: { instant: number }): JSX.Element {
  const { instant } = props;
  const formats = React.useContext(TimeFormatsContext);
  const ago = useTicking((now) => formats.ago(instant, now));
  return (
    <time dateTime={new Date(instant).toISOString()} title={formats.exact(instant)}>
      {ago}
    </time>
  );
}
