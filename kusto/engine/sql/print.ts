/**
 * Prints a tree of SQL, and says beside the text what its parameters mean. They are written as `?`, once per use, so that
 * a statement may be part of another; with early calls, where it never is, each has a name and is bound once.
 */
import type { StatementParameter } from '../statement.ts';
import { type EarlyCalls, earlyCall } from './early-calls.ts';
import type { SqlColumn, SqlName, SqlPiece } from './sql-tree.ts';

export interface PrintedSql {
  readonly sql: string;
  /** The meaning of each `?`, in order; with early calls, those of the names (see `slotName`). */
  readonly slots: readonly StatementParameter[];
}

/** The name of a slot of a statement with early calls, without the `@` before it. */
export function slotName(index: number): string {
  return `p${index}`;
}

/** Other names for tables than those that the tree has. */
type Renamed = ReadonlyMap<SqlName, string>;

/** What is printed so far. */
interface Output {
  readonly texts: string[];
  readonly slots: StatementParameter[];
  readonly renamed: Renamed;
  readonly mayEndItself: boolean;
  /** With early calls: what they are, and the names of slots that are known. */
  readonly named: { readonly calls: EarlyCalls; readonly slots: Map<unknown, string> } | undefined;
}

/** How a piece is printed. */
export interface Printing {
  readonly renamed?: Renamed;
  /** Whether the statement has to be able to end itself when its time is up, as it has by default. */
  readonly mayEndItself?: boolean;
  /** Whether calls that depend on parameters alone become parameters, as they do not by default. */
  readonly callsEarly?: boolean;
}

/** The text of `piece`. */
export function printSql(
  piece: SqlPiece,
  { renamed = new Map(), mayEndItself = true, callsEarly = false }: Printing = {},
): PrintedSql {
  const named = callsEarly ? { calls: new Map(), slots: new Map() } : undefined;
  const output: Output = { texts: [], slots: [], renamed, mayEndItself, named };
  print(piece, output);
  return { sql: output.texts.join(''), slots: output.slots };
}

function print(piece: SqlPiece, output: Output): void {
  const { texts, renamed } = output;
  switch (piece.kind) {
    case 'name':
      texts.push(renamed.get(piece) ?? piece.text);
      return;
    case 'literal':
      texts.push(piece.text);
      return;
    case 'column':
      printColumn(piece, texts);
      return;
    case 'parameter':
      printSlot(piece.parameter, output);
      return;
    case 'operation':
      texts.push('(');
      printParts(piece, output);
      texts.push(')');
      return;
    case 'call': {
      const early = output.named && earlyCall(piece, output.named.calls);
      if (early) printSlot(early, output);
      else if (piece.isTimeTest && !output.mayEndItself) texts.push('1');
      else printParts(piece, output);
      return;
    }
    case 'clause':
      printParts(piece, output);
  }
}

function printSlot(slot: StatementParameter, { texts, slots, named }: Output): void {
  const key = slot.kind === 'parameter' ? slot.name : slot;
  const known = named?.slots.get(key);
  const text = known ?? (named ? `@${slotName(slots.length)}` : '?');
  if (known === undefined) slots.push(slot);
  named?.slots.set(key, text);
  texts.push(text);
}

function printColumn({ table, name, orEmpty }: SqlColumn, texts: string[]): void {
  texts.push(orEmpty ? 'IFNULL(' : '', table.text, '.', name.text, orEmpty ? ", '')" : '');
}

function printParts(
  { parts }: Extract<SqlPiece, { kind: 'call' | 'operation' | 'clause' }>,
  output: Output,
): void {
  for (const part of parts) {
    if (typeof part === 'string') output.texts.push(part);
    else print(part, output);
  }
}
