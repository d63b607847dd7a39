/** Names that the engine makes up for a statement: Kusto's are case-sensitive, SQLite's are not. */
import { bareName, type SqlName } from './sql-tree.ts';

export class PrivateNames {
  #count = 0;

  /** A name that the statement does not have yet, for a table (`t1`), a column (`c2`) or shared rows (`m3`). */
  next(prefix: 't' | 'c' | 'm'): SqlName {
    this.#count += 1;
    return bareName(`${prefix}${this.#count}`);
  }
}
