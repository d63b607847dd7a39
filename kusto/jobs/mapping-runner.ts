/**
 * Maps what was just committed, so that a deployment is visible in the API a moment after its event: the jobs
 * of the changelog, over a window that begins when the first unmapped flush began. It remembers nothing: after
 * a crash, the jobs' own windows (kusto/jobs/job.ts) find what was left, and mapping twice adds nothing.
 */
import type { KustoClient } from '../client/client.ts';
import { type Job, loadJobs } from './job.ts';

export interface MappingRunnerOptions {
  readonly database: KustoClient;
  readonly jobs: readonly Job[];
  /** Least time from the start of one run to the start of the next. */
  readonly intervalMs: number;
  readonly onFailure?: (job: Job, error: unknown) => void;
}

/**
 * Windows come in few lengths, so that each job has few texts: the engine and a cluster keep what they compile.
 * What is older than the longest is left to the jobs' own windows.
 */
const windowSeconds = [2, 5, 15, 60, 300, 1800];
/** A row's ingestion time may lie this much before or after the flush that this process saw. */
const marginMs = 500;

/** The jobs whose sources are the changelog's own tables. */
export function changelogJobs(): Job[] {
  return loadJobs().filter(({ name }) => /AzurePipelines|AzureReleases/.test(name));
}

export class MappingRunner {
  readonly #options: MappingRunnerOptions;
  /** When the first flush began that has not been mapped, by `performance.now()`. */
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #lastStart = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(options: MappingRunnerOptions) {
    this.#options = options;
  }

  /** Takes note of rows that were committed by a flush that began at `startedAt` (`performance.now()`). */
  committed({ startedAt }: { readonly startedAt: number }): void {
    this.#since = Math.min(this.#since ?? startedAt, startedAt);
    this.#schedule();
  }

  /** Maps what is left, and stops. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    if (this.#since !== undefined) await this.#run();
  }

  #schedule(): void {
    if (this.#stopped || this.#running || this.#timer || this.#since === undefined) return;
    const wait = Math.max(0, this.#lastStart + this.#options.intervalMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        this.#schedule();
      });
    }, wait);
  }

  async #run(): Promise<void> {
    const since = this.#since ?? performance.now();
    this.#since = undefined;
    this.#lastStart = performance.now();
    const needed = this.#lastStart - since + marginMs;
    const seconds = windowSeconds.find((length) => length * 1000 >= needed) ?? windowSeconds.at(-1);
    for (const job of this.#options.jobs) {
      try {
        await this.#options.database.command(commandOf(job, seconds ?? 0));
      } catch (error) {
        this.#options.onFailure?.(job, error);
        this.#since = Math.min(this.#since ?? since, since);
      }
    }
  }
}

/** The job over the last `seconds`; the end lies in the future, for clocks that differ. */
function commandOf({ target, query }: Job, seconds: number): string {
  return `.append ${target} <|
let windowStart = now() - ${seconds}s;
let windowEnd = now() + 1m;
${query}`;
}
