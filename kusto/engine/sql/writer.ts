/**
 * What is shared by the whole statement while it is written: private names, and the parameters in the order
 * in which they turn up. They are written as `?`, once per use: better-sqlite3 takes `?1` for a name. No value becomes SQL other than through `quoteLiteral`.
 */
import type { ScalarType } from '../catalog.ts';
import type { SqlValue } from '../functions/definition.ts';
import type { StatementParameter } from '../statement.ts';

/** Stands for a parameter until the statement is complete; literals spell their control characters out. */
const MARK = /\p{Cc}(\d+)\p{Cc}/gu;

export class Writer {
  readonly #slots: StatementParameter[] = [];
  #names = 0;

  /** A private name: Kusto's names are case-sensitive, SQLite's are not. */
  name(prefix: 't' | 'c'): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }

  /** A mark for the parameter. */
  slot(slot: StatementParameter): string {
    let at = this.#slots.indexOf(slot);
    if (at < 0) at = this.#slots.push(slot) - 1;
    return `\u0001${at}\u0002`;
  }

  /** The complete statement, and what each `?` stands for; parameters that were pruned are gone. */
  finish(sql: string): { readonly sql: string; readonly slots: readonly StatementParameter[] } {
    const slots: StatementParameter[] = [];
    const written = sql.replace(MARK, (_, at: string) => {
      const slot = this.#slots[Number(at)];
      if (!slot) throw new Error('An unknown parameter is marked');
      slots.push(slot);
      return '?';
    });
    return { sql: written, slots };
  }
}

export function quoteName(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

/** A value as an SQL literal. */
export function quoteLiteral(value: SqlValue, type: ScalarType): string {
  if (value === null) return type === 'string' ? "''" : 'NULL';
  if (typeof value === 'bigint')
    return value < -9223372036854775807n ? '(-9223372036854775807 - 1)' : String(value);
  if (typeof value === 'number') return quoteReal(value);
  // Control characters are spelled out: SQLite ends a literal at NUL, and marks are made of them.
  const parts = value.split(/(\p{Cc}+)/u).filter((part) => part !== '');
  if (parts.length === 0) return "''";
  const written = parts.map((part) =>
    /\p{Cc}/u.test(part)
      ? `char(${Array.from(part, (c) => c.codePointAt(0)).join(',')})`
      : `'${part.replace(/'/g, "''")}'`,
  );
  return written.length === 1 ? written.join('') : `(${written.join(' || ')})`;
}

function quoteReal(value: number): string {
  if (Number.isNaN(value)) return 'NULL';
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999';
  const written = String(value);
  return /[.e]/.test(written) ? written : `${written}.0`;
}
