/** What a reader of the matrix has to know: what is missing, what is a guess, and what is still to come. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import type { Environments } from '../../../api/introspection/contract.ts';
import { Notice } from '../../components/Notice.tsx';
import type { FoundKnowledge } from '../../live/live-answer.ts';
import { hubStrings } from '../strings.ts';

interface MatrixNoticesProps {
  readonly found: FoundKnowledge<Environments>;
  /** Opens the settings, where guesses are corrected. */
  readonly onSettings: () => void;
}

export function MatrixNotices({ found, onSettings }: MatrixNoticesProps): JSX.Element {
  const { body, partial } = found;
  const services = body.Services.filter(({ Guessed }) => Guessed).length;
  const environments = body.Environments.filter(({ Guessed }) => Guessed).length;
  const ambiguous = [...new Set(body.Services.flatMap(({ Ambiguous }) => Ambiguous))];
  const words = hubStrings.notices;
  return (
    <>
      {partial && <Notice tone="info" text={words.loadingMore(body.Services.length)} />}
      <LeftOutNotice leftOut={body.LeftOut} />
      {ambiguous.length > 0 && <Notice tone="warning" text={words.ambiguous(ambiguous)} />}
      {services + environments > 0 && (
        <p className="guess-line secondary-text">
          {words.guessed(services, environments)}
          {onSettings && <Button subtle className="guess-button" text={words.correct} onClick={onSettings} />}
        </p>
      )}
    </>
  );
}

/** Names the sources that an answer could not take into account. */
export function LeftOutNotice(props: { leftOut: Environments['LeftOut'] }): JSX.Element | null {
  if (props.leftOut.length === 0) return null;
  const sources = props.leftOut.map(({ DeploymentSource, Reason }) =>
    hubStrings.notices.leftOutSource(DeploymentSource, Reason),
  );
  return <Notice tone="warning" text={hubStrings.notices.leftOut(sources)} />;
}
