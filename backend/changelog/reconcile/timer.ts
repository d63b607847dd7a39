/**
 * Reconciles again and again. It needs no memory of its own: the first round looks far enough back for any
 * restart, and each later one from a little before the start of the last that succeeded.
 */
import type { ProjectReport, ReconcileInput } from './reconcile.ts';
import { reconcile } from './reconcile.ts';

export interface ReconcileTimerOptions {
  /** What to reconcile; asked anew each round, so that new projects are found. */
  readonly input: () => Promise<Omit<ReconcileInput, 'since' | 'signal'>>;
  readonly everyMs: number;
  readonly firstLookbackMs: number;
  readonly onRound?: (reports: readonly ProjectReport[]) => void;
  /** A round that failed; the next one covers its time again. */
  readonly onFailure?: (error: unknown) => void;
}

export interface ReconcileTimer {
  /** Ends the round under way, and starts no other. */
  stop(): Promise<void>;
}

/** Builds can appear in lists a little later than they finished. */
const overlapMs = 15 * 60_000;

/** Starts at once. */
export function startReconcileTimer(options: ReconcileTimerOptions): ReconcileTimer {
  const stopping = new AbortController();
  const running = runRounds(options, stopping.signal);
  return {
    async stop() {
      stopping.abort(new Error('stopping'));
      await running;
    },
  };
}

async function runRounds(options: ReconcileTimerOptions, signal: AbortSignal): Promise<void> {
  let since = Date.now() - options.firstLookbackMs;
  while (!signal.aborted) {
    const startedAt = Date.now();
    try {
      const input = await options.input();
      options.onRound?.(await reconcile({ ...input, since: new Date(since).toISOString(), signal }));
      since = startedAt - overlapMs;
    } catch (error) {
      if (!signal.aborted) options.onFailure?.(error);
    }
    await pause(options.everyMs, signal);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
