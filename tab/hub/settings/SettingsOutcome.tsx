/** How the preview or the saving of settings went. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { hubStrings } from '../strings.ts';
import type { FormOutcome } from './use-settings-form.ts';

interface SettingsOutcomeProps {
  readonly outcome: FormOutcome;
  readonly onReload: () => void;
}

export function SettingsOutcome(props: SettingsOutcomeProps): JSX.Element {
  const content = contentOf(props);
  const isBad = !['none', 'working', 'saved'].includes(props.outcome.kind);
  return (
    <div className={isBad ? 'settings-outcome bad' : 'settings-outcome'} role={isBad ? 'alert' : 'status'}>
      {content}
    </div>
  );
}

function contentOf({ outcome, onReload }: SettingsOutcomeProps): React.ReactNode {
  const words = hubStrings.settings;
  switch (outcome.kind) {
    case 'none':
      return null;
    case 'working':
      return outcome.at === 'preview' ? words.previewing : words.saving;
    case 'saved':
      return words.savedNow;
    case 'forbidden':
      return words.forbidden;
    case 'gone':
      return words.gone;
    case 'failed':
      return words.failed(outcome.reason);
    case 'conflict':
      return (
        <>
          {words.conflict} <Button text={words.reload} onClick={onReload} />
        </>
      );
    case 'wrong':
      return (
        <>
          {words.wrong}
          <ul>
            {outcome.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </>
      );
  }
}
