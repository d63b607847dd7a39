/** A choice of one out of a list, in the browser's own control. */
import * as React from 'react';

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  /** What stands for the empty value; without it, there is none. */
  readonly any?: string;
  readonly items: readonly { readonly id: string; readonly text: string }[];
  readonly onChange: (value: string) => void;
}

export function Choice(props: ChoiceProps): JSX.Element {
  const { label, value, any, items } = props;
  const isOffered = items.some(({ id }) => id === value) || (any !== undefined && value === '');
  return (
    <label className="hub-field">
      <span>{label}</span>
      <select className="hub-select" value={value} onChange={(event) => props.onChange(event.target.value)}>
        {any !== undefined && <option value="">{any}</option>}
        {!isOffered && <option value={value}>{value}</option>}
        {items.map(({ id, text }) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
