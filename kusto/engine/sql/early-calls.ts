/**
 * Calls of the engine's own code whose arguments are known before a statement runs: parameters, `now()`, literals and other
 * such calls. SQLite would make each of them wherever it stands, and where it stands in a condition, for every row.
 */
import type { EarlyCall, SqlValue, StatementParameter } from '../statement.ts';
import type { SqlExpression, SqlName } from './sql-tree.ts';

/** The calls of one statement, by what they say: those that are equal are worked out once. */
export type EarlyCalls = Map<string, EarlyCall>;

type Argument = EarlyCall['args'][number];

/** The call that `piece` is, where it is one; with literals alone there is nothing that a run would add. */
export function earlyCall(piece: SqlExpression, known: EarlyCalls): EarlyCall | undefined {
  if (piece.kind !== 'call' || !piece.custom) return undefined;
  const { code, args: pieces } = piece.custom;
  const args: Argument[] = [];
  for (const piece of pieces) {
    const argument = argumentOf(piece, known);
    if (!argument) return undefined;
    args.push(argument);
  }
  if (args.every(({ kind }) => kind === 'literal')) return undefined;
  const call: EarlyCall = { kind: 'call', code, args };
  const key = keyOf(call);
  const same = known.get(key) ?? call;
  known.set(key, same);
  return same;
}

function argumentOf(piece: SqlExpression | SqlName, known: EarlyCalls): Argument | undefined {
  switch (piece.kind) {
    case 'literal':
      return { kind: 'literal', value: piece.value };
    case 'parameter':
      return isKnownBefore(piece.parameter) ? piece.parameter : undefined;
    case 'call':
      return earlyCall(piece, known);
    default:
      return undefined;
  }
}

function isKnownBefore({ kind }: StatementParameter): boolean {
  return kind === 'parameter' || kind === 'now';
}

/** The same for calls that do the same: the parameters of a statement have different names. */
function keyOf(argument: Argument): string {
  switch (argument.kind) {
    case 'literal':
      return keyOfLiteral(argument.value);
    case 'parameter':
      return `?${JSON.stringify(argument.name)}`;
    case 'call':
      return `${argument.code}(${argument.args.map(keyOf).join()})`;
    default:
      return argument.kind;
  }
}

function keyOfLiteral(value: SqlValue): string {
  if (typeof value === 'bigint') return `${value}n`;
  // JSON has neither infinity nor a negative zero.
  if (typeof value === 'number') return Object.is(value, -0) ? '-0r' : `${value}r`;
  return JSON.stringify(value);
}
