/** Values and names as SQL spells them. Neither becomes SQL in any other way. */
import type { ScalarType } from '../catalog.ts';
import type { SqlValue } from '../statement.ts';

/** A value as an SQL literal. `type` decides what a null is: a string is never null, but `''`. */
export function literalText(value: SqlValue, type: ScalarType): string {
  if (value === null) return type === 'string' ? "''" : 'NULL';
  if (typeof value === 'bigint')
    return value < -9223372036854775807n ? '(-9223372036854775807 - 1)' : String(value);
  return typeof value === 'number' ? realText(value) : stringText(value);
}

/** A name as an SQL identifier, whatever is in it. */
export function identifierText(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** SQLite takes calls of 1,000 arguments and expressions of 1,000 levels. */
const MOST_PARTS = 100;
const MOST_CONTROLS = 500;

/**
 * Control characters are spelled out: SQLite ends a statement at NUL. Where they are many, so is the whole text; the
 * plus keeps the cast's affinity from changing what is compared with it.
 */
function stringText(value: string): string {
  const parts = value.split(/(\p{Cc}+)/u).filter((part) => part !== '');
  if (parts.length === 0) return "''";
  const controls = value.length - value.replace(/\p{Cc}/gu, '').length;
  if (parts.length > MOST_PARTS || controls > MOST_CONTROLS)
    return `(+CAST(x'${Buffer.from(value).toString('hex')}' AS TEXT))`;
  const written = parts.map((part) =>
    /\p{Cc}/u.test(part)
      ? `char(${Array.from(part, (c) => c.codePointAt(0)).join(',')})`
      : `'${part.replaceAll("'", "''")}'`,
  );
  return written.length === 1 ? written.join('') : `(${written.join(' || ')})`;
}

function realText(value: number): string {
  if (Number.isNaN(value)) return 'NULL';
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999';
  const written = String(value);
  return Number.isInteger(value) && !written.includes('e') ? `${written}.0` : written;
}
