/**
 * The engine's SQL against hand-written SQL, in this process, on the same connection and in turns, so that a slow
 * moment of the machine affects both. First, their results are compared.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Statement } from 'better-sqlite3';
import { compileQuery } from '../../kusto/engine/compile.ts';
import { boundStatement } from '../../kusto/engine/slot-values.ts';
import { openForReading } from '../../kusto/engine/store/connection.ts';
import { loadCatalog } from '../../kusto/engine/store/schema.ts';
import type { Sizes } from './data.ts';
import { lookupQueries } from './queries.ts';

export interface Comparison {
  readonly name: string;
  readonly enginePerSecond: number;
  readonly handWrittenPerSecond: number;
  /** Throughput of the engine's SQL divided by that of the hand-written. */
  readonly ratio: number;
  readonly answersCompared: number;
  readonly answersThatDiffer: number;
}

const comparedAnswers = 500;
const queriesPerTurn = 200;

/** Compares all three lookups on the database in `file`. */
export function compareInProcess(
  file: string,
  database: string,
  sizes: Sizes,
  seconds: number,
): Comparison[] {
  const connection = openForReading(file);
  const catalog = loadCatalog(connection, database);
  const comparisons = lookupQueries.map((query) => {
    const statement = compileQuery(catalog, query.kql);
    const prepared = new Map<string, Statement<unknown[], unknown[]>>();
    const asked = (parameters: Record<string, string>): unknown[][] => {
      const { sql, values } = boundStatement(statement, parameters, 0n);
      const known = prepared.get(sql) ?? connection.prepare<unknown[], unknown[]>(sql).raw();
      prepared.set(sql, known);
      return known.all(...values);
    };
    const engine = (n: number) => asked(query.kqlParameters(n, sizes));
    const written = connection.prepare<unknown[], unknown[]>(query.sql).raw();
    const handWritten = (n: number) => written.all(numbered(query.sqlValues(n, sizes)));
    const compared = range(0, comparedAnswers).flatMap((n) => [
      [engine(n), handWritten(n)],
      ...(query.otherForms?.(n, sizes) ?? []).map(({ kql, sql }) => [asked(kql), written.all(numbered(sql))]),
    ]);
    const differing = compared.filter(
      ([ofEngine = [], byHand = []]) => !isDeepStrictEqual(comparable(ofEngine), comparable(byHand)),
    );
    const times = timeInTurn(engine, handWritten, seconds);
    return {
      name: query.name,
      enginePerSecond: 1000 / times.engine,
      handWrittenPerSecond: 1000 / times.handWritten,
      ratio: times.handWritten / times.engine,
      answersCompared: compared.length,
      answersThatDiffer: differing.length,
    };
  });
  connection.close();
  return comparisons;
}

/** Values of `?1`, `?2`, … in the form that the driver needs. */
export function numbered(values: readonly string[]): Record<number, string> {
  return Object.fromEntries(values.map((value, index) => [index + 1, value]));
}

/** Milliseconds per query: the median over turns. */
function timeInTurn(
  engine: (n: number) => unknown,
  handWritten: (n: number) => unknown,
  seconds: number,
): { engine: number; handWritten: number } {
  const turns = { engine: [] as number[], handWritten: [] as number[] };
  const end = performance.now() + seconds * 1000;
  for (let first = 0; performance.now() < end; first += queriesPerTurn) {
    // The first run loads the pages that the second one then finds in memory.
    timeTurn(handWritten, first);
    timeTurn(engine, first);
    turns.engine.push(timeTurn(engine, first));
    turns.handWritten.push(timeTurn(handWritten, first));
  }
  return { engine: median(turns.engine), handWritten: median(turns.handWritten) };
}

function timeTurn(run: (n: number) => unknown, first: number): number {
  const started = performance.now();
  for (const n of range(first, queriesPerTurn)) run(n);
  return (performance.now() - started) / queriesPerTurn;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => from + n);
}

/** Parses JSON texts in rows, so that their formatting does not matter. */
function comparable(rows: unknown[][]): unknown[][] {
  return rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' && /^[[{]/.test(cell) ? JSON.parse(cell) : cell)),
  );
}
