/** Database files that SQLite cannot read, and what to do about them. */

/** Whether SQLite failed because of what is in the file. */
export function isDamaged(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(String(Object(error).code));
}

/** What is wrong with `file` and how to keep what is readable of it, in a line. */
export function damagedMessage(file: string): string {
  return (
    `The database ${file} is damaged. To keep what is readable of it, stop the engine, run ` +
    `sqlite3 "${file}" .recover | sqlite3 "${file}.recovered", and put the new file in the place of the old one and its -wal`
  );
}
