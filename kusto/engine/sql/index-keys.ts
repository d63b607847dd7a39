/** Writes what an index holds as SQL: the same as a statement writes, so that SQLite sees that they are the same. */
import { isNullable, typeOf } from '../plan/expression.ts';
import type { WantedIndex } from '../plan/indexes.ts';
import type { Expr } from '../plan/tree.ts';
import { printSql } from './print.ts';
import { ownColumn, type SqlExpression, sqlLiteral } from './sql-tree.ts';

/** An index worth having on a stored table. `keys` are column names in quotes, or expressions over them. */
export interface SuggestedIndex {
  readonly physicalTable: string;
  readonly keys: readonly string[];
}

/** The indexes as SQL; see `withoutCovered`. */
export function suggestedIndexes(wanted: readonly WantedIndex[]): SuggestedIndex[] {
  return withoutCovered(
    wanted.map(({ physicalTable, keys, columns }) => ({
      physicalTable,
      keys: [...new Set(keys.map((key) => printSql(sqlOfKey(key, columns)).sql))],
    })),
  );
}

/** The indexes, each once; one that begins another is left out. */
export function withoutCovered(indexes: readonly SuggestedIndex[]): SuggestedIndex[] {
  const each = [...new Map(indexes.map((index) => [JSON.stringify(index), index])).values()];
  return each.filter((index) => !each.some((other) => other !== index && covers(other, index)));
}

/** A key has columns, literals and calls, and no queries. */
function sqlOfKey(expr: Expr, columns: WantedIndex['columns']): SqlExpression {
  switch (expr.kind) {
    case 'column':
      return ownColumn(columns.get(expr.column) ?? expr.column.name);
    case 'literal':
      return sqlLiteral(expr.value, expr.type);
    case 'call':
      return expr.fn.sql(
        expr.args.map((arg) => ({
          sql: sqlOfKey(arg, columns),
          type: typeOf(arg),
          nullable: isNullable(arg),
          ...(arg.kind === 'literal' && { literal: arg.value }),
        })),
        expr.type,
      );
    default:
      throw new Error(`An index cannot hold a ${expr.kind}`);
  }
}

function covers(other: SuggestedIndex, index: SuggestedIndex): boolean {
  return other.physicalTable === index.physicalTable && index.keys.every((key, at) => other.keys[at] === key);
}
