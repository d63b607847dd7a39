/** The filters above the table. What is chosen lives in the page; this only shows and changes it. */
import { Checkbox } from 'azure-devops-ui/Checkbox';
import { DropdownFilterBarItem } from 'azure-devops-ui/Dropdown';
import { FilterBar } from 'azure-devops-ui/FilterBar';
import type { IListBoxItem } from 'azure-devops-ui/ListBox';
import { KeywordFilterBarItem } from 'azure-devops-ui/TextFilterBarItem';
import { DropdownMultiSelection } from 'azure-devops-ui/Utilities/DropdownSelection';
import { FILTER_CHANGE_EVENT, Filter } from 'azure-devops-ui/Utilities/Filter';
import * as React from 'react';
import { type DeploymentState, deploymentStates } from '../../api/states.ts';
import { strings } from '../strings.ts';
import { defaultOptions, type ViewOptions } from './view-options.ts';

interface FilterRowProps {
  readonly options: ViewOptions;
  /** The sources that this build's deployments have. */
  readonly sources: readonly string[];
  readonly onChange: (options: ViewOptions) => void;
}

const stateItems: IListBoxItem[] = deploymentStates.map((state) => ({
  id: state,
  text: strings.stateName(state),
}));

export function FilterRow(props: FilterRowProps): JSX.Element {
  const { options, sources, onChange } = props;
  const latest = React.useRef(props);
  latest.current = props;
  const filter = useFilter(options, (changed) => {
    latest.current.onChange({ ...latest.current.options, ...changed });
  });
  const [stateSelection] = React.useState(() => new DropdownMultiSelection());
  const [sourceSelection] = React.useState(() => new DropdownMultiSelection());
  const sourceKey = sources.join(',');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is new at every drawing, its content is not
  const sourceItems = React.useMemo(
    () => sources.map((source) => ({ id: source, text: strings.sourceName(source) })),
    [sourceKey],
  );
  return (
    <div className="filter-row">
      <FilterBar filter={filter} searchRoleAriaLabel={strings.filter.label}>
        <KeywordFilterBarItem filterItemKey="text" placeholder={strings.filter.text} throttleWait={150} />
        <DropdownFilterBarItem
          filterItemKey="states"
          filter={filter}
          items={stateItems}
          selection={stateSelection}
          placeholder={strings.filter.state}
        />
        <DropdownFilterBarItem
          key={sourceKey}
          filterItemKey="sources"
          filter={filter}
          items={sourceItems}
          selection={sourceSelection}
          placeholder={strings.filter.source}
        />
      </FilterBar>
      <Checkbox
        className="group-choice"
        label={strings.filter.group}
        checked={options.grouped}
        onChange={(_, grouped) => onChange({ ...options, grouped })}
      />
    </div>
  );
}

type FilterChoice = Pick<ViewOptions, 'text' | 'states' | 'sources'>;

/** The filter object of azure-devops-ui, kept equal to the options in both directions. */
function useFilter(options: FilterChoice, onChange: (choice: FilterChoice) => void): Filter {
  const [filter] = React.useState(() => new Filter());
  const { text, states, sources } = options;
  const chosen = JSON.stringify([text, states, sources]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is chosen matters
  React.useEffect(() => {
    const current = readFilter(filter);
    if (JSON.stringify([current.text, current.states, current.sources]) === chosen) return;
    filter.setState({
      text: { value: text },
      states: { value: [...states] },
      sources: { value: [...sources] },
    });
  }, [chosen]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the listener is for the life of the filter
  React.useEffect(() => {
    const listener = () => onChange(readFilter(filter));
    filter.subscribe(listener, FILTER_CHANGE_EVENT);
    return () => filter.unsubscribe(listener, FILTER_CHANGE_EVENT);
  }, [filter]);
  return filter;
}

function readFilter(filter: Filter): FilterChoice {
  return {
    text: filter.getFilterItemValue<string>('text') ?? defaultOptions.text,
    states: filter.getFilterItemValue<DeploymentState[]>('states') ?? defaultOptions.states,
    sources: filter.getFilterItemValue<string[]>('sources') ?? defaultOptions.sources,
  };
}
