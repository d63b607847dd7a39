/**
 * Reconciles in rounds. They need no state outside the process: the first looks back far enough for any restart, and
 * each later one begins a little before the start of the last that succeeded. An interrupted round is continued.
 */
import { sleep } from '../../../net/sleep.ts';
import type { ProjectReport, ReconcileInput } from './reconcile.ts';
import { reconcile } from './reconcile.ts';

export interface ReconcileRoundsOptions {
  /** Called for each round, so that new projects are found. */
  readonly input: () => Promise<Omit<ReconcileInput, 'since' | 'signal' | 'progress'>>;
  readonly firstLookbackMs: number;
}

/** Builds can appear in lists some time after they finished. */
const overlapMs = 15 * 60_000;

export class ReconcileRounds {
  readonly #input: ReconcileRoundsOptions['input'];
  #since: number;
  /** The current or interrupted round: when it began, and the progress of each project. */
  #round: { readonly startedAt: number; readonly reached: Map<string, string> } | undefined;

  constructor({ input, firstLookbackMs }: ReconcileRoundsOptions) {
    this.#input = input;
    this.#since = Date.now() - firstLookbackMs;
  }

  /** Does a round, or the rest of it. @throws if it is interrupted, also by `signal`; what was written stays */
  async next(signal: AbortSignal): Promise<readonly ProjectReport[]> {
    this.#round ??= { startedAt: Date.now(), reached: new Map() };
    const { startedAt, reached } = this.#round;
    const reports = await reconcile({
      ...(await this.#input()),
      since: new Date(this.#since).toISOString(),
      signal,
      progress: {
        reached: (projectId) => reached.get(projectId),
        reach: async (projectId, finishTime) => void reached.set(projectId, finishTime),
      },
    });
    this.#since = startedAt - overlapMs;
    this.#round = undefined;
    return reports;
  }
}

/** Does rounds with a pause after each, the first at once. `stop` interrupts the current round. */
export function startRounds(
  round: (signal: AbortSignal) => Promise<void>,
  everyMs: number,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = repeat(round, everyMs, stopping.signal);
  return {
    async stop() {
      stopping.abort(new Error('stopping'));
      await running;
    },
  };
}

async function repeat(
  round: (signal: AbortSignal) => Promise<void>,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await round(signal);
    await sleep(everyMs, signal);
  }
}
