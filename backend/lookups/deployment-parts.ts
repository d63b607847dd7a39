/** What B2D and the list of entities say alike about a deployment. */
import type { Payload, Progress } from '../../api/contract.ts';
import { objectOf, type Row, textOf } from '../../kusto/client/rows.ts';

/** Stands in for the contract's required times if no event has one. */
export const neverRecorded = '0001-01-01T00:00:00.0000000Z';

/** The counts come as one dynamic value, under the names of the contract. */
export function progressOf(row: Row): Progress {
  const counts = objectOf(row, 'Progress');
  const count = (name: keyof Progress): number => Number(counts[name] ?? 0);
  return {
    Total: count('Total'),
    NotStarted: count('NotStarted'),
    InProgress: count('InProgress'),
    Blocked: count('Blocked'),
    Succeeded: count('Succeeded'),
    Failed: count('Failed'),
    Canceled: count('Canceled'),
    Unknown: count('Unknown'),
  };
}

export function payloadOf(row: Row): Payload {
  return { Id: textOf(row, 'Id'), ProgressionLink: textOf(row, 'ProgressionLink') };
}
