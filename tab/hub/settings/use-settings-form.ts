/** The state of the form of settings: what is written, what it would match, and how saving went. */
import * as React from 'react';
import { ClientError } from '../../../api/client-error.ts';
import type { IntrospectionClient } from '../../../api/introspection/client.ts';
import type { SavedSettings, SettingsPreview } from '../../../api/introspection/contract.ts';
import type { ProjectKey } from '../../../api/keys.ts';
import { draftOf, type SettingsDraft, settingsOf } from './settings-draft.ts';

export type FormOutcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'working'; readonly at: 'preview' | 'save' }
  | { readonly kind: 'saved' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string };

export interface SettingsFormState {
  readonly draft: SettingsDraft;
  /** The version that is saved, with who saved it. */
  readonly saved: SavedSettings;
  /** What the draft would match; undefined before the preview, and after any change of the draft. */
  readonly preview: SettingsPreview | undefined;
  readonly outcome: FormOutcome;
  readonly change: (draft: SettingsDraft) => void;
  readonly previewDraft: () => void;
  readonly save: () => void;
}

export function useSettingsForm(
  client: IntrospectionClient,
  project: ProjectKey,
  initial: SavedSettings,
): SettingsFormState {
  const [draft, setDraft] = React.useState(() => draftOf(initial.Settings));
  const [saved, setSaved] = React.useState(initial);
  const [preview, setPreview] = React.useState<SettingsPreview>();
  const [outcome, setOutcome] = React.useState<FormOutcome>({ kind: 'none' });
  const request = React.useRef<AbortController>();
  React.useEffect(() => () => request.current?.abort(), []);

  /** One request at a time; its answer is dropped when the form is gone or has changed. */
  const run = (at: 'preview' | 'save', ask: (signal: AbortSignal) => Promise<FormOutcome>) => {
    request.current?.abort();
    const current = new AbortController();
    request.current = current;
    setOutcome({ kind: 'working', at });
    ask(current.signal)
      .catch(outcomeOfError)
      .then((next) => {
        if (!current.signal.aborted) setOutcome(next);
      });
  };

  return {
    draft,
    saved,
    preview,
    outcome,
    change(next) {
      // What was being asked was about the draft before. A save that is under way goes on: it may have been done.
      if (outcome.kind === 'working' && outcome.at === 'save') return;
      request.current?.abort();
      setDraft(next);
      setPreview(undefined);
      setOutcome({ kind: 'none' });
    },
    previewDraft() {
      run('preview', async (signal) => {
        const answer = await client.previewSettings(project, settingsOf(draft), { signal });
        if (answer.kind === 'unknown') return { kind: 'gone' };
        if (!signal.aborted) setPreview(answer.body);
        return { kind: 'none' };
      });
    },
    save() {
      run('save', async (signal) => {
        const replacement = { version: saved.Version, settings: settingsOf(draft) };
        const answer = await client.saveSettings(project, replacement, { signal });
        if (answer.kind === 'conflict') return { kind: 'conflict' };
        if (answer.kind === 'unknown') return { kind: 'gone' };
        setSaved(answer.body);
        return { kind: 'saved' };
      });
    },
  };
}

function outcomeOfError(error: unknown): FormOutcome {
  if (!(error instanceof ClientError)) return { kind: 'failed', reason: String(Object(error).message) };
  if (error.kind === 'forbidden') return { kind: 'forbidden' };
  if (error.kind === 'badRequest') {
    const details = error.details.map(({ target, message }) => `${target}: ${message}`);
    return { kind: 'wrong', problems: details.length > 0 ? details : [error.message] };
  }
  return { kind: 'failed', reason: error.message };
}
