/** What a pair of questions is made of. */
import type { Column } from '../../../../../kusto/engine/catalog.ts';
import type { Draw } from '../draw.ts';
import { columnsOfType, conditionOf, KEYS } from '../expressions.ts';
import type { Rows, RowsGenerator } from '../rows.ts';

export interface Subject {
  readonly rows: Rows;
  readonly draw: Draw;
  readonly generator: RowsGenerator;
  /** A key among the columns: of a type that rows are grouped by. */
  readonly key: Column;
  /** A whole number among the columns. */
  readonly number: string;
}

/** Undefined where the rows have no columns for it. */
export type PairOf = (subject: Subject) => readonly [string, string] | undefined;

/** A condition on the rows. */
export const condition = ({ rows, draw }: Subject): string => conditionOf(rows.columns, draw);

/** Rows to join with, and their columns that the key may be compared with. */
export function others({ key, generator }: Subject): { right: Rows; on: string; column: string } | undefined {
  const right = generator.renamed(generator.rows(2));
  const [column] = columnsOfType(right.columns, key.type);
  return column === undefined ? undefined : { right, column, on: `on $left.${key.name} == $right.${column}` };
}

/** Whether rows may be grouped by it. */
export const isKey = ({ type }: Column): boolean => KEYS.includes(type);
