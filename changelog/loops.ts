/** Runs the changelog in a server: reads the queue, and repeats what must be repeated. Functions has triggers. */
import { startJobSchedule } from '../kusto/jobs/schedule.ts';
import { startRounds } from './catch-up/reconcile/rounds.ts';
import type { Changelog } from './changelog.ts';
import { logNotice } from './intake/notices.ts';
import { startQueueInlet } from './intake/queue-inlet.ts';

export interface ChangelogServiceOptions {
  /** Whether this process runs the windows of all mapping jobs; false if another one does. */
  readonly runsJobs: boolean;
}

const missedEveryMs = 10 * 60_000;
const reconcileEveryMs = 15 * 60_000;

/** Starts everything; `stop` finishes what is in progress and closes the changelog. */
export function startChangelogService(
  changelog: Changelog,
  { runsJobs }: ChangelogServiceOptions,
): { stop(): Promise<void> } {
  const { processor, queues, artifacts, environments, reconciling, jobs, log } = changelog;
  const inlet =
    queues &&
    startQueueInlet({
      queue: queues.main,
      poison: queues.poison,
      processor,
      onNotice: (notice) => logNotice(log, notice),
    });
  const readMissed = (): void => {
    artifacts?.soon();
    environments?.soon();
  };
  readMissed();
  const missed = setInterval(readMissed, missedEveryMs).unref();
  const rounds = reconciling.map((round) => startRounds(round, reconcileEveryMs));
  const schedule = runsJobs ? startJobSchedule(jobs) : undefined;
  return {
    async stop() {
      clearInterval(missed);
      await Promise.all([inlet?.stop(), schedule?.stop(), ...rounds.map((round) => round.stop())]);
      await changelog.close();
    },
  };
}
