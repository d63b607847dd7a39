/** Reads events as the processor does, and checks that the tables have every column that a reader fills. */
import { decodeEvent } from '../../../changelog/events/decode.ts';
import { type EventReading, readEvent } from '../../../changelog/events/read-event.ts';
import { loadDefinitions } from '../../../kusto/schema/load.ts';

/** The time of receipt of every event that {@link read} reads. */
export const received = '2019-10-02T20:11:00.0000000Z';

const columns = new Map(
  loadDefinitions().flatMap((definition) =>
    definition.kind === 'table'
      ? [[definition.name, new Set(definition.columns.map(({ name }) => name))] as const]
      : [],
  ),
);

/** Reads an event. Fails where a row has a column that its table does not have: the store would drop it. */
export function read(event: unknown): EventReading {
  const reading = readEvent(decodeEvent(JSON.stringify(event)), received);
  for (const { table, row } of reading.rows) {
    const unknown = Object.keys(row).filter((name) => columns.get(table)?.has(name) !== true);
    if (unknown.length > 0) throw new Error(`${table} has no column ${unknown.join(', ')}`);
  }
  return reading;
}

/** The rows of an event for one table. */
export function rowsIn({ rows }: EventReading, table: string): readonly Readonly<Record<string, unknown>>[] {
  return rows.filter((row) => row.table === table).map(({ row }) => row);
}

/** The first row of an event for one table. */
export function rowIn(reading: EventReading, table: string): Readonly<Record<string, unknown>> | undefined {
  return rowsIn(reading, table)[0];
}
