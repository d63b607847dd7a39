/**
 * The rows that a statement computes once and uses several times. SQLite has `WITH` for them, but it reads what stands
 * there again for every use, and for every use in these: of a query that builds on what it shares, preparing takes longer
 * than running. So a statement that would get that long is also written as stages, each of which fills a table.
 */
import { createHash } from 'node:crypto';
import type { ScalarType } from '../catalog.ts';
import type { PlanColumn, QueryPlan } from '../plan/tree.ts';
import type { StagedStatement, StatementParameter } from '../statement.ts';
import { aliased, type Block, blockOf, selectOf, sqlOf, wrap } from './block.ts';
import { printSql } from './print.ts';
import type { Rendering } from './render-expression.ts';
import { clause, columnOf, type SqlClause, type SqlExpression, type SqlName, sqlList } from './sql-tree.ts';

type SharedPlan = Extract<QueryPlan, { kind: 'shared' }>;

/** The columns of shared rows that any of their uses reads. */
export type WantedColumns = Map<QueryPlan, Set<PlanColumn>>;

/** Rows that are computed once: their name, and the names of their columns. */
interface Rows {
  readonly name: SqlName;
  readonly columns: ReadonlyMap<PlanColumn, SqlName>;
  readonly select: SqlClause;
  /** The shared rows that they are made from, once for each use. */
  readonly reads: readonly Rows[];
  /** Lists of columns by which joins find them. */
  readonly keys: Map<string, readonly SqlName[]>;
  uses: number;
}

/** Characters that SQLite may read for one statement; it takes about 100 milliseconds for a million. */
const LONGEST_READ = 200_000;

/** The shared rows of one statement. */
export class SharedRows {
  readonly #wanted: WantedColumns;
  /** Each after those that it uses. */
  readonly #rows = new Map<QueryPlan, Rows>();
  readonly #aliases = new Map<SqlName, Rows>();
  #reads: Rows[] = [];
  #wantsMore = false;

  /** @param wanted what is known so far; it grows while the statement is rendered */
  constructor(wanted: WantedColumns) {
    this.#wanted = wanted;
  }

  /** Whether rows turned out to need columns that were not known before: then all has to be rendered again. */
  get wantsMore(): boolean {
    return this.#wantsMore;
  }

  /** A block over the rows, which are rendered at their first use. */
  block(plan: SharedPlan, needed: ReadonlySet<PlanColumn>, rendering: Rendering): Block {
    const wanted = this.#wanted.get(plan) ?? new Set();
    const known = wanted.size;
    for (const column of needed) wanted.add(column);
    this.#wanted.set(plan, wanted);
    const isComplete = wanted.size === known;
    if (!isComplete) this.#wantsMore = true;
    const rows = (isComplete && this.#rows.get(plan)) || this.#share(plan, wanted, rendering);
    rows.uses += 1;
    this.#reads.push(rows);
    const { name, columns } = rows;
    const alias = rendering.names.next('t');
    this.#aliases.set(alias, rows);
    const sql = new Map([...columns].map(([column, own]) => [column, columnOf(alias, own)]));
    return blockOf(clause`${name} AS ${alias}`, sql);
  }

  /** Notes that rows are found by these columns, if they are all of the same shared rows. */
  index(keys: readonly SqlExpression[]): void {
    const columns = keys.flatMap((key) => (key.kind === 'column' ? [key] : []));
    const [rows, ...others] = new Set(columns.map(({ table }) => this.#aliases.get(table)));
    if (!rows || others.length > 0 || columns.length < keys.length) return;
    const names = columns.map(({ name }) => name);
    rows.keys.set(names.map(({ text }) => text).join(), names);
  }

  /** The statement with the rows before it. SQLite would compute again what it may, so it is told where it may not. */
  before(statement: SqlClause): SqlClause {
    return withRows([...this.#rows.values()], statement);
  }

  /**
   * The statement as stages; undefined where SQLite reads it as it is in no time.
   *
   * @param sql the text of it with the rows before it, which tells it from others
   * @param slots the meaning of each `?` in that text
   */
  stages(
    statement: SqlClause,
    sql: string,
    slots: readonly StatementParameter[],
  ): StagedStatement | undefined {
    const lengths = new Map<Rows, number>();
    const lengthOf = (rows: Rows): number => {
      const length = lengths.get(rows) ?? lengthWith(rows.select, rows.reads);
      lengths.set(rows, length);
      return length;
    };
    const lengthWith = ({ length }: SqlClause, reads: readonly Rows[]): number =>
      reads.reduce((sum, read) => sum + lengthOf(read), length);
    if (lengthWith(statement, this.#reads) <= LONGEST_READ) return undefined;

    const mark = createHash('sha256').update(sql).digest('hex').slice(0, 16);
    const kept = [...this.#rows.values()].filter(({ uses }) => uses > 1);
    const tables = new Map(kept.map(({ name }) => [name, `${name.text}_${mark}`]));
    const indexes = new Map(slots.map((slot, index) => [slot, index]));
    const printed = (select: SqlClause, reads: readonly Rows[]) => {
      // Stages run in processes that are ended when their time is up.
      const options = { renamed: tables, mayEndItself: false };
      const { sql, slots } = printSql(withRows(onceOnly(reads), select), options);
      return { sql, values: slots.map((slot) => indexes.get(slot) ?? -1) };
    };
    return {
      stages: kept.map(({ name, columns, select, reads, keys }) => ({
        table: tables.get(name) ?? name.text,
        keys: [...keys.values()].map((names) => names.map(({ text }) => text)),
        columns: [...columns].map(([{ type }, own]) => `${own.text}${AFFINITY[type] ?? ''}`),
        ...printed(select, reads),
      })),
      ...printed(statement, this.#reads),
    };
  }

  #share(plan: SharedPlan, wanted: ReadonlySet<PlanColumn>, rendering: Rendering): Rows {
    const outer = this.#reads;
    this.#reads = [];
    let block = rendering.render(plan.input, wanted);
    const given = [...wanted].filter((column) => block.columns.has(column));
    // As in a whole statement: a DISTINCT counts all of its columns, and a group needs something that is aggregated.
    const isWhole = block.distinct
      ? block.columns.size === given.length
      : !(block.group && given.length === 0);
    if (!isWhole) block = wrap(block, wanted, rendering.names);
    const columns = new Map(given.map((column) => [column, rendering.names.next('c')]));
    const selected = [...columns].map(([column, own]) => aliased(sqlOf(block, column), own));
    const rows: Rows = {
      name: rendering.names.next('m'),
      columns,
      select: selectOf(block, selected),
      reads: this.#reads,
      keys: new Map(),
      uses: 0,
    };
    this.#reads = outer;
    this.#rows.set(plan, rows);
    return rows;
  }
}

/** What keeps values as they are, and lets SQLite index them. */
const AFFINITY: Readonly<Partial<Record<ScalarType, string>>> = {
  string: ' TEXT',
  bool: ' INTEGER',
  datetime: ' INTEGER',
  int: ' INTEGER',
  long: ' INTEGER',
  timespan: ' INTEGER',
};

function withRows(rows: readonly Rows[], statement: SqlClause): SqlClause {
  const named = rows.map(({ name, select, uses }) =>
    uses > 1 ? clause`${name} AS MATERIALIZED (${select})` : clause`${name} AS (${select})`,
  );
  return named.length > 0 ? clause`WITH ${sqlList(named)} ${statement}` : statement;
}

/** Those that nothing else uses stay with what uses them. */
function onceOnly(reads: readonly Rows[]): Rows[] {
  return reads.flatMap((rows) => (rows.uses > 1 ? [] : [...onceOnly(rows.reads), rows]));
}
