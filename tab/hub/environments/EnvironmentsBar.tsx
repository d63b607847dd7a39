/** The line above the matrix: what it is of, its time, and the choice of another one. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import type { Environments } from '../../../api/introspection/contract.ts';
import { RefreshButton } from '../../components/RefreshButton.tsx';
import { TimeFormatsContext } from '../../components/Times.tsx';
import type { Live } from '../../live/use-live-answer.ts';
import { strings } from '../../strings.ts';
import { Folded } from '../Folded.tsx';
import type { HubOptions } from '../hub-options.ts';
import { hubStrings } from '../strings.ts';
import type { ChangeOptions } from '../use-hub-options.ts';
import './EnvironmentsBar.css';

interface EnvironmentsBarProps {
  readonly live: Live<Environments>;
  readonly options: HubOptions;
  readonly onOptions: ChangeOptions;
}

export function EnvironmentsBar(props: EnvironmentsBarProps): JSX.Element {
  const { live, options, onOptions } = props;
  const formats = React.useContext(TimeFormatsContext);
  const { knowledge } = live;
  const found = knowledge.kind === 'found' ? knowledge : undefined;
  return (
    <>
      <div className="hub-bar environments-bar">
        <p className="hub-summary secondary-text">
          {found && hubStrings.matrix.summary(found.body.Services.length, found.body.Environments.length)}
          {found && '. '}
          {found && !options.at && hubStrings.notices.asOf(formats.clock(found.asOf, Date.now()))}
          {live.refreshing && strings.refreshInProgress}
        </p>
        <Folded label={hubStrings.time}>
          <TimeChoice
            key={options.at}
            at={options.at}
            horizon={found?.body.Horizon ?? undefined}
            onChoose={(at) => onOptions({ at })}
          />
        </Folded>
        <RefreshButton refreshing={live.refreshing} onRefresh={live.refresh} />
      </div>
      {options.at && (
        <div className="past-banner" role="note">
          <span className="past-text">{hubStrings.past.title(formats.exact(Date.parse(options.at)))}</span>
          <Button primary text={hubStrings.past.back} onClick={() => onOptions({ at: '' })} />
        </div>
      )}
    </>
  );
}

interface TimeChoiceProps {
  readonly at: string;
  /** The earliest time that is known (ISO 8601). */
  readonly horizon: string | undefined;
  readonly onChoose: (at: string) => void;
}

/** A date and time in the user's own time zone, as the browser's own field asks for it. */
function TimeChoice({ at, horizon, onChoose }: TimeChoiceProps): JSX.Element {
  const formats = React.useContext(TimeFormatsContext);
  const [text, setText] = React.useState(at ? localTime(Date.parse(at)) : '');
  const [problem, setProblem] = React.useState('');
  const earliest = horizon ? Date.parse(horizon) : Number.NaN;
  const choose = (event: React.FormEvent) => {
    event.preventDefault();
    const instant = new Date(text).getTime();
    if (Number.isNaN(instant)) return;
    if (instant < earliest) setProblem(hubStrings.past.tooEarly(formats.exact(earliest)));
    else if (instant > Date.now()) setProblem(hubStrings.past.future);
    else onChoose(new Date(instant).toISOString());
  };
  return (
    <form className="time-choice" onSubmit={choose} noValidate>
      <label className="hub-field">
        <span>{hubStrings.past.at}</span>
        <input
          className="hub-input"
          type="datetime-local"
          value={text}
          min={Number.isNaN(earliest) ? undefined : localTime(earliest)}
          aria-describedby={problem ? 'time-problem' : undefined}
          aria-invalid={problem !== ''}
          onChange={(event) => {
            setText(event.target.value);
            setProblem('');
          }}
        />
      </label>
      <Button text={hubStrings.past.show} disabled={!text} onClick={choose} />
      {problem && (
        <span id="time-problem" role="alert" className="time-problem">
          {problem}
        </span>
      )}
    </form>
  );
}

/** A time as the field writes it: in the browser's time zone, to the minute. */
function localTime(instant: number): string {
  const time = new Date(instant);
  return new Date(instant - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
