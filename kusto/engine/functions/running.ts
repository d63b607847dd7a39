/**
 * Functions over the rows up to the present one, in order. SQLite calls them as aggregates with a frame that only
 * grows, so a state is a row's value and what it follows from.
 * https://learn.microsoft.com/kusto/query/window-functions
 */
import { KqlError } from '../errors.ts';
import type { SqlValue } from '../statement.ts';
import type { AggregateCode } from './definition.ts';

interface Running<T> {
  /** Undefined before the first row. */
  now: T | undefined;
}

function running<T>(
  name: string,
  next: (before: T | undefined, ...args: SqlValue[]) => T,
  value: (now: T) => SqlValue,
): AggregateCode<Running<T>> {
  return {
    name,
    start: () => ({ now: undefined }),
    step: (state, ...args) => {
      state.now = next(state.now, ...args);
      return state;
    },
    result: ({ now }) => (now === undefined ? null : value(now)),
  };
}

function isTrue(value: SqlValue | undefined): boolean {
  return value === 1n || value === 1;
}

export const ROW_NUMBER = running<bigint>(
  'row_number',
  (before, start, restart) => (before === undefined || isTrue(restart) ? BigInt(start ?? 0) : before + 1n),
  (now) => now,
);

export const ROW_CUMSUM = running<bigint | number>(
  'row_cumsum',
  (before, term, restart) => {
    if (typeof term !== 'bigint' && typeof term !== 'number')
      throw new KqlError(
        "'row_cumsum' of a null is not supported: replace it before, such as with coalesce()",
      );
    if (before === undefined || isTrue(restart)) return term;
    if (typeof before === 'bigint' && typeof term === 'bigint') return withinLong(before + term);
    return Number(before) + Number(term);
  },
  (now) => now,
);

function withinLong(sum: bigint): bigint {
  if (BigInt.asIntN(64, sum) !== sum) throw new KqlError('A number is beyond the range of long');
  return sum;
}

interface Rank {
  readonly term: SqlValue;
  readonly rank: bigint;
  readonly row: bigint;
}

function ranking(name: string, next: (before: Rank) => bigint): AggregateCode<Running<Rank>> {
  return running<Rank>(
    name,
    (before, term = null, restart) => {
      if (before === undefined || isTrue(restart)) return { term, rank: 1n, row: 1n };
      const row = before.row + 1n;
      return { term, row, rank: before.term === term ? before.rank : next(before) };
    },
    ({ rank }) => rank,
  );
}

export const ROW_RANK_DENSE = ranking('row_rank_dense', ({ rank }) => rank + 1n);
export const ROW_RANK_MIN = ranking('row_rank_min', ({ row }) => row + 1n);

interface Session {
  readonly start: bigint | null;
  readonly last: bigint | null;
}

export const ROW_SESSION = running<Session>(
  'row_window_session',
  (before, value, fromFirst, between, restart) => {
    if (typeof value !== 'bigint') return { start: null, last: null };
    const { start = null, last = null } = before ?? {};
    const isNew =
      start === null ||
      last === null ||
      isTrue(restart) ||
      (typeof fromFirst === 'bigint' && value >= start + fromFirst) ||
      (typeof between === 'bigint' && value >= last + between);
    return { start: isNew ? value : start, last: value };
  },
  ({ start }) => start,
);

/** All of them, to be registered with SQLite. */
export const RUNNING_CODE: readonly (
  | AggregateCode<Running<bigint>>
  | AggregateCode<Running<bigint | number>>
  | AggregateCode<Running<Rank>>
  | AggregateCode<Running<Session>>
)[] = [ROW_NUMBER, ROW_CUMSUM, ROW_RANK_DENSE, ROW_RANK_MIN, ROW_SESSION];
