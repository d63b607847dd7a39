/**
 * A statement in stages, prepared on a connection: each stage fills a table of the connection's own, which has no trace in
 * the file. All stages of a run see the same state of the database.
 */
import type { BoundValue } from '../slot-values.ts';
import type { StagedStatement } from '../statement.ts';
import type { Connection, Prepared } from './connection.ts';

interface PreparedStage {
  readonly table: string;
  readonly fill: Prepared;
  readonly clear: Prepared;
  readonly values: readonly number[];
}

export class StagedRead {
  readonly #connection: Connection;
  readonly #stages: readonly PreparedStage[];
  readonly #select: Prepared;
  readonly #values: readonly number[];

  constructor(connection: Connection, { stages, sql, values }: StagedStatement) {
    this.#connection = connection;
    this.#stages = stages.map((stage) => {
      const columns = stage.columns.length > 0 ? stage.columns.join(', ') : 'unread';
      // It is there if preparing failed before.
      connection.exec(`DROP TABLE IF EXISTS temp.${stage.table}`);
      connection.exec(`CREATE TEMP TABLE ${stage.table} (${columns})`);
      stage.keys.forEach((keys, index) => {
        connection.exec(`CREATE INDEX temp.${stage.table}_${index} ON ${stage.table} (${keys.join(', ')})`);
      });
      return {
        table: stage.table,
        fill: connection.prepare(`INSERT INTO temp.${stage.table} ${stage.sql}`),
        clear: connection.prepare(`DELETE FROM temp.${stage.table}`),
        values: stage.values,
      };
    });
    this.#select = connection.prepare(sql).raw(true);
    this.#values = values;
  }

  /** The rows; the tables are empty again when they have been read, or when no more are wanted. */
  *rows(values: readonly BoundValue[]): Generator<unknown> {
    const valuesAt = (indexes: readonly number[]) => indexes.map((index) => values[index] ?? null);
    this.#connection.exec('BEGIN');
    try {
      for (const { fill, values: indexes } of this.#stages) fill.run(...valuesAt(indexes));
      yield* this.#select.iterate(...valuesAt(this.#values));
    } finally {
      try {
        for (const { clear } of this.#stages) clear.run();
      } finally {
        this.#connection.exec('COMMIT');
      }
    }
  }

  /** Drops the tables; it cannot be used any more. */
  drop(): void {
    for (const { table } of this.#stages) this.#connection.exec(`DROP TABLE IF EXISTS temp.${table}`);
  }
}
