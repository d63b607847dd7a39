/**
 * `async` commands. They are run at once, so an operation is over when its id is handed out; it is kept for
 * `.show operations`, as clients ask for it.
 */
import { randomUUID } from 'node:crypto';
import type { SqlValue } from '../compile.ts';
import { ticksNow } from '../store/clock.ts';
import { type Command, type CommandResult, columns, type OperationLog } from './command.ts';

const REMEMBERED = 1000;
const COLUMNS = columns({
  OperationId: 'guid',
  Operation: 'string',
  NodeId: 'string',
  StartedOn: 'datetime',
  LastUpdatedOn: 'datetime',
  Duration: 'timespan',
  State: 'string',
  Status: 'string',
  RootActivityId: 'guid',
  ShouldRetry: 'bool',
  Database: 'string',
  Principal: 'string',
  User: 'string',
  AdminEpochStartTime: 'datetime',
});

/** The operations since the engine started. */
export class Operations implements OperationLog {
  readonly #rows: SqlValue[][] = [];

  async run(operation: string, database: string, work: () => Promise<unknown>): Promise<CommandResult> {
    const started = ticksNow();
    await work();
    const id = randomUUID();
    const ended = ticksNow();
    if (this.#rows.length >= REMEMBERED) this.#rows.shift();
    this.#rows.push([
      id,
      operation,
      '',
      started,
      ended,
      ended - started,
      'Completed',
      '',
      id,
      0n,
      database,
      '',
      '',
      started,
    ]);
    return { columns: columns({ OperationId: 'guid' }), rows: [[id]] };
  }

  show(id?: string): CommandResult {
    return {
      columns: COLUMNS,
      rows: this.#rows.filter(([own]) => id === undefined || own === id.toLowerCase()),
    };
  }
}

export const operationCommands: readonly Command[] = [
  {
    words: 'show operations',
    run: (text, { operations }) =>
      operations.show(text.atEnd || text.sees('|') ? undefined : text.value('an operation id')),
  },
];
