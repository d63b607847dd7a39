/** The time between two steps of a chain. It draws nothing, so that the table has it before the picture is loaded. */
import type { Step } from '../../api/introspection/contract.ts';

/**
 * How long a step took to follow from another one, in milliseconds; undefined if that is not known yet.
 * - Usually from the end of the one to the start of the other.
 * - A deployment that began before its manifest was written waited for it: until the deployment ended.
 * - A stage is a part of its run: from the start of the run to that of the stage.
 */
export function waitBetween(before: Step, after: Step): number | undefined {
  const end = timeOf(before.EndTime ?? before.StartTime);
  const [begin, next, nextEnd] = [before.StartTime, after.StartTime, after.EndTime].map(timeOf);
  if (end === undefined || next === undefined) return undefined;
  if (next >= end) return next - end;
  if (nextEnd !== undefined && nextEnd >= end) return nextEnd - end;
  return begin !== undefined && next >= begin && begin < end ? next - begin : undefined;
}

function timeOf(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : Date.parse(text);
}
