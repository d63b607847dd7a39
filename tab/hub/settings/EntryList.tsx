/** A list of entries whose order counts: each can be moved, removed, and changed in its fields. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { hubStrings } from '../strings.ts';
import { moved } from './settings-draft.ts';

interface Entry {
  readonly key: number;
  readonly name: string;
}

interface EntryListProps<T extends Entry> {
  readonly title: string;
  readonly hint: string;
  readonly add: string;
  readonly entries: readonly T[];
  readonly create: () => T;
  readonly onChange: (entries: readonly T[]) => void;
  /** The fields of an entry; `place` counts from 1. */
  readonly children: (entry: T, place: number, update: (changes: Partial<T>) => void) => React.ReactNode;
}

export function EntryList<T extends Entry>(props: EntryListProps<T>): JSX.Element {
  const { entries, onChange } = props;
  const words = hubStrings.settings;
  const id = React.useRef(`entries-${props.title.toLowerCase()}`).current;
  return (
    <section className="settings-part" aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      <p className="secondary-text">{props.hint}</p>
      <ol className="plain-list">
        {entries.map((entry, index) => (
          <li key={entry.key} className="settings-entry">
            {props.children(entry, index + 1, (changes) =>
              onChange(entries.map((one) => (one === entry ? { ...entry, ...changes } : one))),
            )}
            <span className="entry-buttons">
              <Button
                subtle
                iconProps={{ iconName: 'SortUp' }}
                ariaLabel={words.up(entry.name)}
                ariaDisabled={index === 0}
                onClick={() => onChange(moved(entries, entry.key, -1))}
              />
              <Button
                subtle
                iconProps={{ iconName: 'SortDown' }}
                ariaLabel={words.down(entry.name)}
                ariaDisabled={index === entries.length - 1}
                onClick={() => onChange(moved(entries, entry.key, 1))}
              />
              <Button
                subtle
                iconProps={{ iconName: 'Cancel' }}
                ariaLabel={words.remove(entry.name)}
                onClick={() => onChange(entries.filter((one) => one !== entry))}
              />
            </span>
          </li>
        ))}
      </ol>
      <Button text={props.add} onClick={() => onChange([...entries, props.create()])} />
    </section>
  );
}
