/** The code behind functions, called as SQLite would: what SQLite makes of an argument or a result is made of it here. */
import type { SqlValue } from '../statement.ts';
import type { ScalarCode } from './definition.ts';
import { ALL_CALLABLES } from './function-table.ts';

const CODE: ReadonlyMap<string, ScalarCode> = new Map(
  ALL_CALLABLES.flatMap(({ code = [] }) => code.map((one) => [one.name, one])),
);

/** Characters of one value: it is held until the statement has run, for each statement that waits. */
const LONGEST_VALUE = 10_000;

/** The code of a function; its arguments and what it gives have to be values as `storedValue` gives them. */
export type EarlyCode = ScalarCode['run'];

/** The code of that name. */
export function earlyCode(name: string): EarlyCode {
  const code = CODE.get(name);
  if (!code) throw new Error(`There is no code called ${name}`);
  return code.run;
}

/**
 * A value as it comes back from SQLite, which has no NaN, makes several characters of half a one, and has 64 bits for a
 * number.
 *
 * @throws RangeError for a value that is long or that SQLite would change
 */
export function storedValue(value: SqlValue): SqlValue {
  switch (typeof value) {
    case 'string':
      if (value.length > LONGEST_VALUE) throw new RangeError('A text is long');
      if (!value.isWellFormed()) throw new RangeError('A text has half of a character');
      return value;
    case 'number':
      return Number.isNaN(value) ? null : value;
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value) throw new RangeError('A whole number has more than 64 bits');
      return value;
    default:
      return value;
  }
}
