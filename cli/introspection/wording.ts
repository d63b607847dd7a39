/** Placements in the words of the terminal. */
import type { Placement, Step } from '../../api/introspection/contract.ts';
import { statePhrases } from '../../api/names.ts';
import { stateOf } from '../../api/states.ts';
import { stateCell } from '../builds/lookup-tables.ts';
import { stateInWords } from '../state-words.ts';
import type { Text } from '../terminal/styled-text.ts';

type Stated = Pick<Placement | Step, 'State' | 'ChangeState'>;

/** How a placement came to be, where it is worth a word. */
const kindWords: Readonly<Record<string, string>> = { rollback: 'rolled back', hotFix: 'hot fix' };

/** `rolled back`, `hot fix`; empty for what is usual. */
export function kindInWords({ Kind }: Pick<Placement, 'Kind'>): string {
  return kindWords[Kind] ?? '';
}

/** `in progress`, `failed`, `waits for approval`, for the middle of a line. */
export function statePhrase(stated: Stated): string {
  if (waits(stated)) return 'waits for approval';
  const state = stateOf(stated);
  return state === 'unknown' ? stateInWords(stated.ChangeState) || statePhrases[state] : statePhrases[state];
}

/** The state as a cell of a table. */
export function stateOfPlacement(stated: Stated): Text {
  return waits(stated) ? { text: 'Waits for approval', tone: 'caution' } : stateCell(stated);
}

const waits = ({ ChangeState }: Stated): boolean => /^waiting/i.test(ChangeState);

/** A commit as people abbreviate it. */
export const shortCommit = (id: string): string => id.slice(0, 10);
