/**
 * Prints a tree of SQL. Parameters are written as `?`, once per use, because better-sqlite3 takes `?1` for a name;
 * their meanings are returned beside the text.
 */
import type { StatementParameter } from '../statement.ts';
import type { SqlColumn, SqlPiece } from './sql-tree.ts';

export interface PrintedSql {
  readonly sql: string;
  /** The meaning of each `?`, in order. */
  readonly slots: readonly StatementParameter[];
}

/** The text of `piece`. */
export function printSql(piece: SqlPiece): PrintedSql {
  const texts: string[] = [];
  const slots: StatementParameter[] = [];
  print(piece, texts, slots);
  return { sql: texts.join(''), slots };
}

function print(piece: SqlPiece, texts: string[], slots: StatementParameter[]): void {
  switch (piece.kind) {
    case 'name':
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
      printParts(piece, texts, slots);
      texts.push(')');
      return;
    case 'call':
    case 'clause':
      printParts(piece, texts, slots);
  }
}

function printColumn({ table, name, orEmpty }: SqlColumn, texts: string[]): void {
  texts.push(orEmpty ? 'IFNULL(' : '', table.text, '.', name.text, orEmpty ? ", '')" : '');
}

function printParts(
  { parts }: Extract<SqlPiece, { kind: 'call' | 'operation' | 'clause' }>,
  texts: string[],
  slots: StatementParameter[],
): void {
  for (const part of parts) {
    if (typeof part === 'string') texts.push(part);
    else print(part, texts, slots);
  }
}
