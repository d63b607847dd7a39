/** A choice of any out of a list: checkboxes that open below a button, in the browser's own controls. */
import * as React from 'react';
import { hubStrings } from './strings.ts';
import './Choices.css';

interface ChoicesProps<Id extends string> {
  readonly label: string;
  /** What stands for no choice, which means all. */
  readonly any: string;
  readonly chosen: readonly Id[];
  readonly items: readonly { readonly id: Id; readonly text: string }[];
  readonly onChange: (chosen: Id[]) => void;
}

export function Choices<Id extends string>(props: ChoicesProps<Id>): JSX.Element {
  const { label, any, chosen, items, onChange } = props;
  const [open, setOpen] = React.useState(false);
  const field = React.useRef<HTMLDivElement>(null);
  const button = React.useRef<HTMLButtonElement>(null);
  const [first, ...others] = items.filter(({ id }) => chosen.includes(id));
  const summary = first ? hubStrings.choices(first.text, others.length) : any;
  const toggle = (id: Id) =>
    onChange(
      items.map((item) => item.id).filter((known) => (known === id) !== chosen.some((one) => one === known)),
    );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and focus of the controls inside
    <div
      ref={field}
      className="hub-field hub-choices"
      onBlur={({ relatedTarget }) => {
        if (!(relatedTarget instanceof Node) || !field.current?.contains(relatedTarget)) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        setOpen(false);
        button.current?.focus();
      }}
    >
      <span aria-hidden="true">{label}</span>
      <button
        ref={button}
        type="button"
        className="hub-select hub-choices-button"
        aria-label={hubStrings.labelled(label, summary)}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {summary}
      </button>
      {open && (
        <fieldset className="hub-choices-list" aria-label={label}>
          {items.map(({ id, text }) => (
            // A click on the text must not take the focus out of the list.
            <label key={id} className="hub-choices-item" onMouseDown={(event) => event.preventDefault()}>
              <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
              <span>{text}</span>
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
}
