/** The settings of the project: loaded once, because a refresh would overwrite what the reader is writing. */
import * as React from 'react';
import type { SavedSettings } from '../../../api/introspection/contract.ts';
import type { LiveQuery } from '../../live/live-answer.ts';
import { useLiveAnswer } from '../../live/use-live-answer.ts';
import { announceLoaded } from '../announce-loaded.ts';
import type { ViewProps } from '../HubPage.tsx';
import { KnowledgeFrame } from '../KnowledgeFrame.tsx';
import { SettingsForm } from './SettingsForm.tsx';

export function SettingsView(props: ViewProps): JSX.Element {
  const { client, project, anonymous } = props;
  const query = React.useMemo<LiveQuery<SavedSettings>>(
    () => ({
      ask: (previous, signal) => client.getSettings(project, { signal, previous }),
      pace: () => 'fixed',
    }),
    [client, project],
  );
  const live = useLiveAnswer(query, announceLoaded);
  return (
    <KnowledgeFrame live={live} anonymous={anonymous}>
      {({ body }) => (
        <SettingsForm
          key={body.Version}
          saved={body}
          client={client}
          project={project}
          onReload={live.refresh}
        />
      )}
    </KnowledgeFrame>
  );
}
