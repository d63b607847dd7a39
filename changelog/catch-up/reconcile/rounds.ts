/**
 * Reconciling again and again. Rounds need no memory outside the process: the first looks far enough back for any
 * restart, each later one from a little before the start of the last that succeeded. One that was broken off is
 * gone on with.
 */
import { sleep } from '../../../net/sleep.ts';
import type { ProjectReport, ReconcileInput } from './reconcile.ts';
import { reconcile } from './reconcile.ts';

export interface ReconcileRoundsOptions {
  /** What to reconcile; asked anew each round, so that new projects are found. */
  readonly input: () => Promise<Omit<ReconcileInput, 'since' | 'signal' | 'progress'>>;
  readonly firstLookbackMs: number;
}

/** Builds can appear in lists a little later than they finished. */
const overlapMs = 15 * 60_000;

export class ReconcileRounds {
  readonly #input: ReconcileRoundsOptions['input'];
  #since: number;
  /** The round under way, or broken off: when it was begun, and how far each project is. */
  #round: { readonly startedAt: number; readonly reached: Map<string, string> } | undefined;

  constructor({ input, firstLookbackMs }: ReconcileRoundsOptions) {
    this.#input = input;
    this.#since = Date.now() - firstLookbackMs;
  }

  /** Does one round, or the rest of it. @throws where it is broken off, by `signal` too; what was done is kept */
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

/** Does rounds with a pause after each, the first at once. `stop` ends the one under way, and starts no other. */
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
