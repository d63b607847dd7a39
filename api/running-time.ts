/** How long a deployment took or has been running: one rule for the pages, the pipeline and the terminal. */
import type { DeploymentState } from './states.ts';

/**
 * Milliseconds from the start to the end, or to `now` while the deployment runs. Undefined for one that has not
 * started, and if the times cannot be used.
 *
 * @param now milliseconds since 1970
 */
export function runningTime(
  { StartTime, EndTime }: { readonly StartTime: string; readonly EndTime: string | null },
  state: DeploymentState,
  now: number,
): number | undefined {
  if (state === 'notStarted') return undefined;
  const time = (EndTime === null ? now : Date.parse(EndTime)) - Date.parse(StartTime);
  return Number.isFinite(time) ? Math.max(0, time) : undefined;
}
