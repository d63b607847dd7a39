/** Runs the changelog in a server: reads the queue, and repeats what must be repeated. Functions has triggers. */
import { startRounds } from './catch-up/reconcile/rounds.ts';
import type { Changelog } from './changelog.ts';
import { logNotice } from './intake/notices.ts';
import { startQueueInlet } from './intake/queue-inlet.ts';

const missedEveryMs = 10 * 60_000;
const reconcileEveryMs = 15 * 60_000;

/** Starts everything; `stop` finishes what is in progress and closes the changelog. */
export function startChangelogService(changelog: Changelog): { stop(): Promise<void> } {
  const { processor, queues, artifacts, environments, reconciling, log } = changelog;
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
  return {
    async stop() {
      clearInterval(missed);
      await Promise.all([inlet?.stop(), ...rounds.map((round) => round.stop())]);
      await changelog.close();
    },
  };
}
