/** Which environments the matrix shows, and in which order. */
import { Button } from 'azure-devops-ui/Button';
import { Checkbox } from 'azure-devops-ui/Checkbox';
import * as React from 'react';
import type { EnvironmentColumn } from '../../../api/introspection/contract.ts';
import { SidePanel } from '../SidePanel.tsx';
import { hubStrings } from '../strings.ts';
import type { ChangeOptions } from '../use-hub-options.ts';
import { movedColumn } from './matrix.ts';
import './ColumnsPanel.css';

interface ColumnsPanelProps {
  /** All environments, in the order of the columns. */
  readonly environments: readonly EnvironmentColumn[];
  readonly hidden: readonly string[];
  readonly onChange: ChangeOptions;
  readonly onDismiss: () => void;
}

export function ColumnsPanel(props: ColumnsPanelProps): JSX.Element {
  const { environments, hidden, onChange } = props;
  const words = hubStrings.matrix;
  const [said, say] = React.useState('');
  const names = environments.map(({ Name }) => Name);
  const move = (name: string, by: number) => {
    const columns = movedColumn(names, name, by);
    onChange({ columns });
    say(words.moved(name, columns.indexOf(name) + 1, columns.length));
  };
  return (
    <SidePanel title={words.columnsTitle} onDismiss={props.onDismiss}>
      <p className="secondary-text">{words.columnsHint}</p>
      <div className="for-screen-readers" role="status">
        {said}
      </div>
      <ul className="plain-list column-list">
        {names.map((name, index) => (
          <li key={name} className="column-item">
            <Checkbox
              className="column-choice"
              label={name}
              checked={!hidden.includes(name)}
              onChange={(_, shown) =>
                onChange({ hidden: shown ? hidden.filter((other) => other !== name) : [...hidden, name] })
              }
            />
            <MoveButton name={name} by={-1} disabled={index === 0} onMove={move} />
            <MoveButton name={name} by={1} disabled={index === names.length - 1} onMove={move} />
          </li>
        ))}
      </ul>
      <Button text={words.resetColumns} onClick={() => onChange({ columns: [], hidden: [] })} />
    </SidePanel>
  );
}

interface MoveButtonProps {
  readonly name: string;
  readonly by: -1 | 1;
  readonly disabled: boolean;
  readonly onMove: (name: string, by: number) => void;
}

/** Stays focusable at the end of the list, because a disabled button would lose the focus. */
function MoveButton({ name, by, disabled, onMove }: MoveButtonProps): JSX.Element {
  const label = by < 0 ? hubStrings.matrix.moveLeft(name) : hubStrings.matrix.moveRight(name);
  return (
    <Button
      subtle
      className={disabled ? 'move-button at-end' : 'move-button'}
      iconProps={{ iconName: by < 0 ? 'ChevronLeftMed' : 'ChevronRightMed' }}
      ariaLabel={label}
      ariaDisabled={disabled}
      tooltipProps={{ text: label }}
      onClick={() => {
        if (!disabled) onMove(name, by);
      }}
    />
  );
}
