/**
 * Prints a tree of SQL. Parameters are written as `?`, once per use, because better-sqlite3 takes `?1` for a name;
 * their meanings are returned beside the text.
 */
import type { StatementParameter } from '../statement.ts';
import { type EarlyCalls, earlyCall } from './early-calls.ts';
import type { SqlColumn, SqlName, SqlPiece } from './sql-tree.ts';

export interface PrintedSql {
  readonly sql: string;
  /** The meaning of each `?`, in order. */
  readonly slots: readonly StatementParameter[];
}

/** Other names for tables than those that the tree has. */
type Renamed = ReadonlyMap<SqlName, string>;

/** What is printed so far. */
interface Output {
  readonly texts: string[];
  readonly slots: StatementParameter[];
  readonly renamed: Renamed;
  readonly mayEndItself: boolean;
  readonly early: EarlyCalls | undefined;
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
  const early = callsEarly ? new Map() : undefined;
  const output: Output = { texts: [], slots: [], renamed, mayEndItself, early };
  print(piece, output);
  return { sql: output.texts.join(''), slots: output.slots };
}

function print(piece: SqlPiece, output: Output): void {
  const { texts, slots, renamed } = output;
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
      texts.push('?');
      slots.push(piece.parameter);
      return;
    case 'operation':
      texts.push('(');
      printParts(piece, output);
      texts.push(')');
      return;
    case 'call': {
      const early = output.early && earlyCall(piece, output.early);
      if (early) {
        texts.push('?');
        slots.push(early);
      } else if (piece.isTimeTest && !output.mayEndItself) texts.push('1');
      else printParts(piece, output);
      return;
    }
    case 'clause':
      printParts(piece, output);
  }
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
