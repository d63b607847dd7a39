/** The form of the settings: services, environments, repositories, what they match, and saving them. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import type { IntrospectionClient } from '../../../api/introspection/client.ts';
import type { SavedSettings } from '../../../api/introspection/contract.ts';
import type { ProjectKey } from '../../../api/keys.ts';
import { TimeFormatsContext } from '../../components/Times.tsx';
import { hubStrings } from '../strings.ts';
import { EntryList } from './EntryList.tsx';
import { PatternField, TextField, TierField } from './fields.tsx';
import { SettingsOutcome } from './SettingsOutcome.tsx';
import { SettingsPreviewPart } from './SettingsPreviewPart.tsx';
import { emptyEnvironment, emptyService, withGuesses } from './settings-draft.ts';
import { useSettingsForm } from './use-settings-form.ts';
import './SettingsForm.css';

interface SettingsFormProps {
  readonly saved: SavedSettings;
  readonly client: IntrospectionClient;
  readonly project: ProjectKey;
  /** Loads what is saved now. */
  readonly onReload: () => void;
}

const words = hubStrings.settings;

export function SettingsForm(props: SettingsFormProps): JSX.Element {
  const form = useSettingsForm(props.client, props.project, props.saved);
  const { draft, saved, preview, outcome, change } = form;
  const formats = React.useContext(TimeFormatsContext);
  const isSaving = outcome.kind === 'working' && outcome.at === 'save';
  return (
    <div className="settings-scroller">
      <p className="settings-intro">{words.intro}</p>
      <p className="secondary-text">
        {saved.SavedTime === null
          ? words.never
          : words.saved(saved.SavedBy, formats.short(Date.parse(saved.SavedTime), Date.now()))}
      </p>
      <EntryList
        title={words.services}
        hint={words.servicesHint}
        add={words.addService}
        entries={draft.services}
        create={emptyService}
        onChange={(services) => change({ ...draft, services })}
      >
        {(entry, place, update) => (
          <>
            <TextField
              label={words.name}
              of={entry.name}
              place={place}
              value={entry.name}
              onChange={(name) => update({ name })}
            />
            <PatternField
              label={words.pipelines}
              of={entry.name}
              place={place}
              value={entry.pipelines}
              onChange={(pipelines) => update({ pipelines })}
            />
            <PatternField
              label={words.repositoryPatterns}
              of={entry.name}
              place={place}
              value={entry.repositories}
              onChange={(repositories) => update({ repositories })}
            />
            <PatternField
              label={words.payloads}
              of={entry.name}
              place={place}
              value={entry.payloads}
              onChange={(payloads) => update({ payloads })}
            />
          </>
        )}
      </EntryList>
      <EntryList
        title={words.environments}
        hint={words.environmentsHint}
        add={words.addEnvironment}
        entries={draft.environments}
        create={emptyEnvironment}
        onChange={(environments) => change({ ...draft, environments })}
      >
        {(entry, place, update) => (
          <>
            <TextField
              label={words.name}
              of={entry.name}
              place={place}
              value={entry.name}
              onChange={(name) => update({ name })}
            />
            <TierField
              of={entry.name}
              place={place}
              value={entry.tier}
              onChange={(tier) => update({ tier })}
            />
            <PatternField
              label={words.aliases}
              of={entry.name}
              place={place}
              value={entry.aliases}
              onChange={(aliases) => update({ aliases })}
            />
          </>
        )}
      </EntryList>
      <section className="settings-part" aria-labelledby="settings-repositories">
        <h2 id="settings-repositories">{words.repositories}</h2>
        <div className="settings-entry">
          <PatternField
            label={words.metadata}
            value={draft.metadataRepositories}
            onChange={(metadataRepositories) => change({ ...draft, metadataRepositories })}
          />
          <PatternField
            label={words.manifests}
            value={draft.manifestRepositories}
            onChange={(manifestRepositories) => change({ ...draft, manifestRepositories })}
          />
        </div>
      </section>
      <div className="settings-actions">
        <Button text={words.preview} onClick={form.previewDraft} />
        <Button
          primary
          text={isSaving ? words.saving : words.save}
          disabled={!preview && !isSaving}
          onClick={isSaving ? undefined : form.save}
        />
        {!preview && <span className="secondary-text">{words.previewFirst}</span>}
      </div>
      <SettingsOutcome outcome={outcome} onReload={props.onReload} />
      {preview && (
        <SettingsPreviewPart preview={preview} onTakeGuesses={() => change(withGuesses(draft, preview))} />
      )}
    </div>
  );
}
