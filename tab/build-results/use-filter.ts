/** The filter object that the filter items of azure-devops-ui share, synchronised with the view options. */
import { FILTER_CHANGE_EVENT, Filter } from 'azure-devops-ui/Utilities/Filter';
import * as React from 'react';
import type { DeploymentState } from '../../api/states.ts';
import { defaultOptions, type ViewOptions } from './view-options.ts';

type FilterChoice = Pick<ViewOptions, 'text' | 'states' | 'sources'>;

/** Creates a filter that follows the options and reports the user's changes. */
export function useFilter(options: ViewOptions, onChange: (options: ViewOptions) => void): Filter {
  const [filter] = React.useState(() => new Filter());
  const latest = React.useRef({ options, onChange });
  latest.current = { options, onChange };
  const { text, states, sources } = options;
  const chosen = written({ text, states, sources });

  // biome-ignore lint/correctness/useExhaustiveDependencies: only the selection matters
  React.useEffect(() => {
    if (written(choiceOf(filter)) === chosen) return;
    filter.setState({
      text: { value: text },
      states: { value: [...states] },
      sources: { value: [...sources] },
    });
  }, [filter, chosen]);

  React.useEffect(() => {
    const listener = () => {
      const { options: before, onChange: report } = latest.current;
      const choice = choiceOf(filter);
      if (written(choice) !== written(before)) report({ ...before, ...choice });
    };
    filter.subscribe(listener, FILTER_CHANGE_EVENT);
    return () => filter.unsubscribe(listener, FILTER_CHANGE_EVENT);
  }, [filter]);

  return filter;
}

function choiceOf(filter: Filter): FilterChoice {
  return {
    text: filter.getFilterItemValue<string>('text') ?? defaultOptions.text,
    states: filter.getFilterItemValue<DeploymentState[]>('states') ?? defaultOptions.states,
    sources: filter.getFilterItemValue<string[]>('sources') ?? defaultOptions.sources,
  };
}

function written({ text, states, sources }: FilterChoice): string {
  return JSON.stringify([text, states, sources]);
}
