/** The fields of an entry. Their names say whose they are, because many entries have the same fields. */
import * as React from 'react';
import { hubStrings } from '../strings.ts';
import { type Tier, tiers } from './settings-draft.ts';

interface FieldProps {
  readonly label: string;
  /** Name of the entry; absent for a field that there is only once. */
  readonly of?: string;
  /** Number of the entry, from 1. */
  readonly place?: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const nameOf = ({ label, of, place }: Pick<FieldProps, 'label' | 'of' | 'place'>) =>
  place === undefined ? undefined : hubStrings.settings.of(label, of ?? '', place);

export function TextField(props: FieldProps): JSX.Element {
  return (
    <label className="settings-field">
      <span>{props.label}</span>
      <input
        className="hub-input"
        aria-label={nameOf(props)}
        maxLength={100}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </label>
  );
}

/** One pattern a line. */
export function PatternField(props: FieldProps): JSX.Element {
  return (
    <label className="settings-field">
      <span>{props.label}</span>
      <textarea
        className="hub-input pattern-input"
        aria-label={nameOf(props)}
        rows={Math.max(2, Math.min(6, props.value.split('\n').length))}
        spellCheck={false}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </label>
  );
}

interface TierFieldProps {
  readonly of: string;
  readonly place: number;
  readonly value: Tier;
  readonly onChange: (tier: Tier) => void;
}

export function TierField(props: TierFieldProps): JSX.Element {
  const words = hubStrings.settings;
  return (
    <label className="settings-field">
      <span>{words.tier}</span>
      <select
        className="hub-select"
        aria-label={nameOf({ label: words.tier, of: props.of, place: props.place })}
        value={props.value}
        onChange={(event) => props.onChange(tiers.find((tier) => tier === event.target.value) ?? 'other')}
      >
        {tiers.map((tier) => (
          <option key={tier} value={tier}>
            {words.tiers.get(tier)}
          </option>
        ))}
      </select>
    </label>
  );
}
