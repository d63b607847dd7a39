/** The user's time formats, as a React context, and the components that use them. */
import * as React from 'react';
import { languageOfTimes } from '../strings.ts';
import { useTicking } from './clock.ts';
import { timeFormats } from './times.ts';

export const TimeFormatsContext = React.createContext(timeFormats(languageOfTimes()));

/** A time, such as "Today at 7:17 AM" or "Jan 2, 2024, 7:17 AM"; the tooltip has the exact time. */
export function Moment(props: { instant: number }): JSX.Element {
  const { instant } = props;
  const formats = React.useContext(TimeFormatsContext);
  const text = useTicking((now) => formats.short(instant, now));
  return (
    <time dateTime={new Date(instant).toISOString()} title={formats.exact(instant)}>
      {text}
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
