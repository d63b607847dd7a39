/** The changelog of a process that lives on: it reads the queue by itself and repeats what is to be repeated. */
import { startJobSchedule } from '../kusto/jobs/schedule.ts';
import { startRounds } from './catch-up/reconcile/rounds.ts';
import type { Changelog } from './changelog.ts';
import { logNotice } from './intake/notices.ts';
import { startQueueInlet } from './intake/queue.ts';

export interface ChangelogServiceOptions {
  /** Whether this process runs the windows of all mapping jobs; false where somebody else does. */
  readonly runsJobs: boolean;
}

const forgottenEveryMs = 10 * 60_000;
const reconcileEveryMs = 15 * 60_000;

/** Starts everything; `stop` takes no more, finishes what is at hand, and closes the changelog. */
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
  const readForgotten = (): void => {
    artifacts?.soon();
    environments?.soon();
  };
  readForgotten();
  const forgotten = setInterval(readForgotten, forgottenEveryMs).unref();
  const rounds = reconciling.map((round) => startRounds(round, reconcileEveryMs));
  const schedule = runsJobs ? startJobSchedule(jobs) : undefined;
  return {
    async stop() {
      clearInterval(forgotten);
      await Promise.all([inlet?.stop(), schedule?.stop(), ...rounds.map((round) => round.stop())]);
      await changelog.close();
    },
  };
}
