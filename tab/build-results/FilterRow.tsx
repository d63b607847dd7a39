/** The filters above the table. The page holds the state; this component shows and changes it. */
import { Button } from 'azure-devops-ui/Button';
import { Checkbox } from 'azure-devops-ui/Checkbox';
import { DropdownFilterBarItem } from 'azure-devops-ui/Dropdown';
import { KeywordFilterBarItem } from 'azure-devops-ui/TextFilterBarItem';
import { DropdownMultiSelection } from 'azure-devops-ui/Utilities/DropdownSelection';
import type { Filter } from 'azure-devops-ui/Utilities/Filter';
import * as React from 'react';
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';
import { type FilterItem, sourceItems, stateItems } from './filter-items.tsx';
import { useFilter } from './use-filter.ts';
import { isFiltered, type ViewOptions } from './view-options.ts';
import './FilterRow.css';

interface FilterRowProps {
  readonly options: ViewOptions;
  /** All deployments of the build, for the choices and their counts. */
  readonly rows: readonly DeploymentRow[];
  readonly onChange: (options: ViewOptions) => void;
  readonly onClear: () => void;
  /** For focusing the text filter. */
  readonly textRef: React.RefObject<KeywordFilterBarItem>;
}

export function FilterRow(props: FilterRowProps): JSX.Element {
  const { options, rows, onChange } = props;
  const filter = useFilter(options, onChange);
  const states = React.useMemo(() => stateItems(rows), [rows]);
  const sources = React.useMemo(() => sourceItems(rows), [rows]);
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
          items={states}
          chosen={options.states}
        />
        <Choice
          filter={filter}
          name="sources"
          label={strings.filter.source}
          items={sources}
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
  readonly items: FilterItem[];
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
      ariaLabel={first ? strings.filter.chosen(props.label, first.text, others.length) : props.label}
      showPlaceholderAsLabel
    />
  );
}
