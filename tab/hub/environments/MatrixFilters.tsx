/** The filters above the matrix, its grouping, and the way to its columns. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { type DeploymentState, deploymentStates } from '../../../api/states.ts';
import { strings } from '../../strings.ts';
import { Choice } from '../Choice.tsx';
import { Choices } from '../Choices.tsx';
import { Folded } from '../Folded.tsx';
import { groupings, type HubOptions, isFilteredMatrix, withoutMatrixFilters } from '../hub-options.ts';
import { hubStrings } from '../strings.ts';
import type { ChangeOptions } from '../use-hub-options.ts';
import { type ServiceRow, statesIn } from './matrix.ts';

interface MatrixFiltersProps {
  readonly options: HubOptions;
  /** All services, for the choices. */
  readonly rows: readonly ServiceRow[];
  readonly shown: number;
  readonly onOptions: ChangeOptions;
  readonly onColumns: () => void;
}

export function MatrixFilters(props: MatrixFiltersProps): JSX.Element {
  const { options, rows, onOptions } = props;
  const words = hubStrings.matrix;
  const text = React.useRef<HTMLInputElement>(null);
  const states = React.useMemo(() => {
    const amounts = new Map<DeploymentState, number>();
    for (const row of rows)
      for (const state of statesIn(row, options.hidden)) amounts.set(state, (amounts.get(state) ?? 0) + 1);
    return deploymentStates.map((state) => ({
      id: state,
      text: `${strings.stateName(state)} (${strings.number(amounts.get(state) ?? 0)})`,
    }));
  }, [rows, options.hidden]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: React 16 does not know the search element
    <div className="hub-bar" role="search" aria-label={words.filterLabel}>
      <input
        ref={text}
        className="hub-input matrix-text"
        type="search"
        aria-label={words.filter}
        placeholder={words.filter}
        value={options.text}
        onChange={(event) => onOptions({ text: event.target.value })}
      />
      <Folded label={hubStrings.filters}>
        <Choices
          label={strings.filter.state}
          any={hubStrings.allStates}
          chosen={options.states}
          items={states}
          onChange={(chosen) => onOptions({ states: chosen })}
        />
        <Choice
          label={words.group}
          value={options.grouping}
          items={groupings.map((id) => ({ id, text: words.groupings[id] }))}
          onChange={(chosen) =>
            onOptions({ grouping: groupings.find((known) => known === chosen) ?? 'none' })
          }
        />
        <Button subtle text={words.columns} onClick={props.onColumns} />
      </Folded>
      {isFilteredMatrix(options) && (
        <>
          <Button
            subtle
            text={words.clear}
            onClick={() => {
              onOptions(withoutMatrixFilters);
              text.current?.focus();
            }}
          />
          <span className="secondary-text" role="status">
            {words.shown(props.shown, rows.length)}
          </span>
        </>
      )}
    </div>
  );
}
