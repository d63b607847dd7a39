/** The filters of the changes. What is typed counts when the reader leaves the field or presses Enter. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { deploymentStates } from '../../../api/states.ts';
import { strings } from '../../strings.ts';
import { Choice } from '../Choice.tsx';
import { Choices } from '../Choices.tsx';
import { Folded } from '../Folded.tsx';
import { changeFields, type HubOptions } from '../hub-options.ts';
import { hubStrings } from '../strings.ts';
import type { ChangeOptions } from '../use-hub-options.ts';
import type { KnownNames } from '../use-services.ts';
import { isFilteredChanges, withoutChangeFilters } from './changes-query.ts';
import './ChangesTable.css';

interface ChangeFilterBarProps {
  readonly options: HubOptions;
  readonly names: KnownNames;
  readonly onOptions: ChangeOptions;
  /** At the end of the bar. */
  readonly children: React.ReactNode;
}

export function ChangeFilterBar(props: ChangeFilterBarProps): JSX.Element {
  const { options, names, onOptions } = props;
  const words = hubStrings.changes;
  const items = (list: readonly string[]) => list.map((name) => ({ id: name, text: name }));
  return (
    // biome-ignore lint/a11y/useSemanticElements: React 16 does not know the search element
    <div className="hub-bar" role="search" aria-label={words.filterLabel}>
      <Folded label={hubStrings.filters}>
        <Choice
          label={hubStrings.service}
          any={hubStrings.allServices}
          value={options.service}
          items={items(names.services)}
          onChange={(service) => onOptions({ service })}
        />
        <Choice
          label={hubStrings.environment}
          any={hubStrings.allEnvironments}
          value={options.environment}
          items={items(names.environments)}
          onChange={(environment) => onOptions({ environment })}
        />
        <Choices
          label={strings.filter.state}
          any={hubStrings.allStates}
          chosen={options.changeStates}
          items={deploymentStates.map((id) => ({ id, text: strings.stateName(id) }))}
          onChange={(changeStates) => onOptions({ changeStates })}
        />
        <Choice
          label={words.findIn}
          value={options.field}
          items={changeFields.map((id) => ({ id, text: words.fields[id] }))}
          onChange={(field) =>
            onOptions({ field: changeFields.find((known) => known === field) ?? 'commit' })
          }
        />
        <LateInput
          key={options.find}
          label={words.find}
          type="search"
          value={options.find}
          onChange={(find) => onOptions({ find })}
        />
        <LateInput
          key={`from ${options.from}`}
          label={words.from}
          type="date"
          value={options.from}
          onChange={(from) => onOptions({ from })}
        />
        <LateInput
          key={`to ${options.to}`}
          label={words.to}
          type="date"
          value={options.to}
          onChange={(to) => onOptions({ to })}
        />
        {isFilteredChanges(options) && (
          <Button subtle text={words.clear} onClick={() => onOptions(withoutChangeFilters)} />
        )}
      </Folded>
      <span className="bar-end">{props.children}</span>
    </div>
  );
}

interface LateInputProps {
  readonly label: string;
  readonly type: 'search' | 'date';
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A field whose text counts once it is complete. */
function LateInput({ label, type, value, onChange }: LateInputProps): JSX.Element {
  const [text, setText] = React.useState(value);
  const commit = () => {
    if (text !== value) onChange(text);
  };
  return (
    <label className="hub-field">
      <span>{label}</span>
      <input
        className="hub-input"
        type={type}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
      />
    </label>
  );
}
