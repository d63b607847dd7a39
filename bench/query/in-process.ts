/**
 * The engine's SQL against the hand-written SQL, in this process, on the same connection and in turn, so
 * that a slow moment of the machine hits both. Their answers are compared first.
 */
import { isDeepStrictEqual } from 'node:util';
import { bindParameters, compileQuery } from '../../kusto/engine/compile.ts';
import { type Connection, openForReading } from '../../kusto/engine/store/connection.ts';
import { loadCatalog } from '../../kusto/engine/store/schema.ts';
import type { Sizes } from './data.ts';
import { type Question, questions } from './queries.ts';

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
const questionsPerTurn = 200;

/** Compares all three lookups on the database in `file`. */
export function compareInProcess(
  file: string,
  database: string,
  sizes: Sizes,
  seconds: number,
): Comparison[] {
  const connection = openForReading(file);
  const catalog = loadCatalog(connection, database);
  const comparisons = questions.map((question) => {
    const statement = compileQuery(catalog, question.kql);
    const prepared = connection.prepare<unknown[], unknown[]>(statement.sql).raw();
    const engine = (n: number): unknown[][] =>
      prepared.all(...bindParameters(statement, question.kqlParameters(n, sizes), 0n));
    const handWritten = handWrittenQuery(connection, question, sizes);
    const differing = range(0, comparedAnswers).filter(
      (n) => !isDeepStrictEqual(comparable(engine(n)), comparable(handWritten(n))),
    );
    const times = timeInTurn(engine, handWritten, seconds);
    return {
      name: question.name,
      enginePerSecond: 1000 / times.engine,
      handWrittenPerSecond: 1000 / times.handWritten,
      ratio: times.handWritten / times.engine,
      answersCompared: comparedAnswers,
      answersThatDiffer: differing.length,
    };
  });
  connection.close();
  return comparisons;
}

/** The hand-written lookup over `connection`, prepared once. */
export function handWrittenQuery(
  connection: Connection,
  question: Question,
  sizes: Sizes,
): (n: number) => unknown[][] {
  const prepared = connection.prepare<unknown[], unknown[]>(question.sql).raw();
  return (n) => prepared.all(numbered(question.sqlValues(n, sizes)));
}

/** Values of `?1`, `?2`, ... as the driver takes them. */
export function numbered(values: readonly string[]): Record<number, string> {
  return Object.fromEntries(values.map((value, index) => [index + 1, value]));
}

/** Milliseconds a question: the median over turns. */
function timeInTurn(
  engine: (n: number) => unknown,
  handWritten: (n: number) => unknown,
  seconds: number,
): { engine: number; handWritten: number } {
  const turns = { engine: [] as number[], handWritten: [] as number[] };
  const end = performance.now() + seconds * 1000;
  for (let first = 0; performance.now() < end; first += questionsPerTurn) {
    // Whoever asks first fetches the pages that the other then finds in memory.
    timeTurn(handWritten, first);
    timeTurn(engine, first);
    turns.engine.push(timeTurn(engine, first));
    turns.handWritten.push(timeTurn(handWritten, first));
  }
  return { engine: median(turns.engine), handWritten: median(turns.handWritten) };
}

function timeTurn(ask: (n: number) => unknown, first: number): number {
  const started = performance.now();
  for (const n of range(first, questionsPerTurn)) ask(n);
  return (performance.now() - started) / questionsPerTurn;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => from + n);
}

/** Rows with JSON texts parsed, so that only meaning is compared. */
function comparable(rows: unknown[][]): unknown[][] {
  return rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' && /^[[{]/.test(cell) ? JSON.parse(cell) : cell)),
  );
}
