/**
 * Prints a database file of an engine as SQL from which a test builds the same file again, `PRAGMA user_version`
 * included: `npx tsx test/support/engine/dump.ts FILE > test/kusto/engine/store/format-N.sql`. To be run with the last
 * version of a format, before the next one is introduced; see kusto/engine/store/format.ts.
 */
import Database from 'better-sqlite3';

const file = new Database(String(process.argv[2]), { readonly: true, fileMustExist: true });
file.defaultSafeIntegers();

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (Buffer.isBuffer(value)) return `x'${value.toString('hex')}'`;
  // All digits of a real number, and never those of an integer.
  if (typeof value === 'number') return Number.isInteger(value) ? value.toExponential() : String(value);
  return typeof value === 'bigint' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}

const objects = file
  .prepare<[], { type: string; name: string; sql: string }>(
    "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, rowid",
  )
  .all();
const lines = objects.map(({ sql }) => `${sql};`);
for (const { name } of objects.filter(({ type }) => type === 'table')) {
  const quoted = `"${name.replaceAll('"', '""')}"`;
  const rows = file.prepare<[], unknown[]>(`SELECT * FROM ${quoted}`).raw().all();
  lines.push(...rows.map((row) => `INSERT INTO ${quoted} VALUES (${row.map(literal).join(', ')});`));
}
lines.push(`PRAGMA user_version = ${file.pragma('user_version', { simple: true })};`);
process.stdout.write(`${lines.join('\n')}\n`);
