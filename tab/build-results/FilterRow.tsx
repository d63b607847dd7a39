/** The filters above the table. The page holds the state; this component shows and changes it. */
import { Button } from 'azure-devops-ui/Button';
import { Checkbox } from 'azure-devops-ui/Checkbox';
import { DropdownFilterBarItem } from 'azure-devops-ui/Dropdown';
import type { IListBoxItem } from 'azure-devops-ui/ListBox';
import { KeywordFilterBarItem } from 'azure-devops-ui/TextFilterBarItem';
import { DropdownMultiSelection } from 'azure-devops-ui/Utilities/DropdownSelection';
import type { Filter } from 'azure-devops-ui/Utilities/Filter';
import * as React from 'react';
import { deploymentStates } from '../../api/states.ts';
import { strings } from '../strings.ts';
import { useFilter } from './use-filter.ts';
import { isFiltered, type ViewOptions } from './view-options.ts';
import './FilterRow.css';

interface FilterRowProps {
  readonly options: ViewOptions;
  /** The sources of this build's deployments. */
  readonly sources: readonly string[];
  readonly onChange: (options: ViewOptions) => void;
  readonly onClear: () => void;
  /** For focusing the text filter. */
  readonly textRef: React.RefObject<KeywordFilterBarItem>;
}

const stateItems = deploymentStates.map((state) => ({ id: state, text: strings.stateName(state) }));

export function FilterRow(props: FilterRowProps): JSX.Element {
  const { options, sources, onChange } = props;
  const filter = useFilter(options, onChange);
  const sourceItems = React.useMemo(
    () => sources.map((source) => ({ id: source, text: strings.sourceName(source) })),
    [sources],
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: React 16 does not know the search element
    <div className="filter-row" role="search" aria-label={strings.filter.label}>
      <div className="filter-bar">
        <div className="text-filter">
          <KeywordFilterBarItem
            ref={props.textRef}
            filter={filter}
            filterItemKey="text"
            placeholder={strings.filter.text}
            throttleWait={150}
          />
        </div>
        <Choice
          filter={filter}
          name="states"
          label={strings.filter.state}
          items={stateItems}
          chosen={options.states}
        />
        <Choice
          filter={filter}
          name="sources"
          label={strings.filter.source}
          items={sourceItems}
          chosen={options.sources}
        />
        <Button
          subtle
          className="clear-filters"
          iconProps={{ iconName: 'Cancel' }}
          ariaLabel={strings.filter.clear}
          tooltipProps={{ text: strings.filter.clear }}
          disabled={!isFiltered(options)}
          onClick={props.onClear}
        />
      </div>
      <Checkbox
        className="group-choice"
        label={strings.filter.group}
        checked={options.grouped}
        onChange={(_, grouped) => onChange({ ...options, grouped })}
      />
    </div>
  );
}

interface ChoiceProps {
  readonly filter: Filter;
  readonly name: 'states' | 'sources';
  readonly label: string;
  readonly items: IListBoxItem[];
  /** Ids of the selected items. */
  readonly chosen: readonly string[];
}

/** A multi-select dropdown. */
function Choice(props: ChoiceProps): JSX.Element {
  const [selection] = React.useState(() => new DropdownMultiSelection());
  const [first, ...others] = props.items.filter(({ id }) => props.chosen.includes(id));
  return (
    <DropdownFilterBarItem
      filter={props.filter}
      filterItemKey={props.name}
      items={props.items}
      selection={selection}
      placeholder={props.label}
      ariaLabel={
        first ? strings.filter.chosen(props.label, first.text ?? first.id, others.length) : props.label
      }
      showPlaceholderAsLabel
    />
  );
}
