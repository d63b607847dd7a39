/** The result of a benchmark, and its output as aligned tables. */

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** The result of a benchmark: tables for people, and all data for programs. */
export interface BenchReport {
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  readonly [key: string]: unknown;
}

/** Prints the tables of a report with their titles. */
export function printReport({ tables }: BenchReport, print: (line: string) => void = console.log): void {
  for (const [title, rows] of Object.entries(tables)) printTable(title, rows, print);
}

const text = (cell: Cell | undefined): string => {
  if (typeof cell === 'number') return Number.isInteger(cell) ? cell.toLocaleString('en') : cell.toFixed(2);
  return cell === null || cell === undefined ? '–' : String(cell);
};

/** Prints a table. Its columns are the keys of the first row; numbers are right-aligned. */
function printTable(title: string, rows: readonly Row[], print: (line: string) => void): void {
  print(`\n${title}`);
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => text(row[column])))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const numeric = columns.map((column) =>
    rows.every((row) => typeof row[column] === 'number' || row[column] === null),
  );
  for (const line of lines) {
    const cells = line.map((cell, index) => {
      const width = widths[index] ?? 0;
      return numeric[index] ? cell.padStart(width) : cell.padEnd(width);
    });
    print(`  ${cells.join('  ').trimEnd()}`);
  }
}
