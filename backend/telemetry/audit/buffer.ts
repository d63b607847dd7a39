/**
 * Keeps audit records until their collector has taken them, in the order in which they came. Nothing waits for it: a
 * record is put into a bounded buffer and sent in the background, again and again while the collector is away. What
 * does not fit is dropped, counted and reported.
 *
 * OpenTelemetry's own processor gives a batch up after some tries, and drops without a word.
 */
import type { LogRecordExporter, LogRecordProcessor, SdkLogRecord } from '@opentelemetry/sdk-logs';
import { backoff } from '../../../net/retry-policy.ts';
import { sleep } from '../../../net/sleep.ts';

export interface AuditBufferOptions {
  readonly exporter: LogRecordExporter;
  /** The most records that wait. */
  readonly most: number;
  /** Called at once when something is wrong, then every ten seconds at most while it is. */
  readonly onAlarm: (fields: object, message: string) => void;
}

export interface AuditCounts {
  readonly sent: number;
  readonly dropped: number;
}

const batch = 512;
/** Records of a moment travel together. */
const gatherMs = 500;
const retrying = { firstDelayMs: 250, longestDelayMs: 5_000 };
const alarmEveryMs = 10_000;
/** How long the end of the process waits for the collector. */
const longestCloseMs = 2_000;
const exportSucceeded = 0;

export class AuditBuffer implements LogRecordProcessor {
  readonly #options: AuditBufferOptions;
  readonly #counts = { sent: 0, dropped: 0 };
  #waiting: SdkLogRecord[] = [];
  #sending: Promise<void> | undefined;
  #hurry = new AbortController();
  #lastAlarmAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: AuditBufferOptions) {
    this.#options = options;
  }

  get counts(): AuditCounts {
    return { ...this.#counts };
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  onEmit(record: SdkLogRecord): void {
    if (this.#isClosed || this.#waiting.length >= this.#options.most) {
      this.#drop(1);
      return;
    }
    this.#waiting.push(record);
    if (this.#waiting.length === batch) this.#hurry.abort();
    this.#start();
  }

  /** Resolves when nothing waits any more: not before the collector answers. */
  async forceFlush(): Promise<void> {
    this.#hurry.abort();
    await this.#sending;
  }

  /** Sends what is waiting, for a few seconds at most; the rest is dropped and reported. */
  async shutdown(): Promise<void> {
    if (this.#isClosed) return;
    const over = new AbortController();
    await Promise.race([this.forceFlush(), sleep(longestCloseMs, over.signal)]);
    over.abort();
    this.#isClosed = true;
    const left = this.#waiting.length;
    this.#waiting = [];
    if (left > 0) this.#drop(left, true);
    await this.#options.exporter.shutdown();
  }

  #start(): void {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
      // It may have come between the last look and now.
      if (this.#waiting.length > 0 && !this.#isClosed) this.#start();
    });
  }

  /** Runs until nothing waits. */
  async #send(): Promise<void> {
    await this.#pause(gatherMs);
    let failures = 0;
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const records = this.#waiting.slice(0, batch);
      const problem = await this.#export(records);
      if (this.#isClosed) return;
      if (problem === undefined) {
        failures = 0;
        this.#waiting.splice(0, records.length);
        this.#counts.sent += records.length;
      } else {
        failures++;
        this.#alarm(
          { waiting: this.#waiting.length, reason: problem },
          'audit: the collector does not answer',
        );
        await this.#pause(backoff(retrying, Math.min(failures, 10), Math.random()));
      }
    }
  }

  /** Why records could not be sent; undefined if they were. */
  #export(records: SdkLogRecord[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      try {
        this.#options.exporter.export(records, ({ code, error }) => {
          resolve(code === exportSucceeded ? undefined : (error?.message ?? 'unknown'));
        });
      } catch (error) {
        resolve(String(error));
      }
    });
  }

  async #pause(milliseconds: number): Promise<void> {
    this.#hurry = new AbortController();
    await sleep(milliseconds, this.#hurry.signal);
  }

  #drop(records: number, isLast = false): void {
    this.#counts.dropped += records;
    this.#alarm({ dropped: this.#counts.dropped }, 'audit: records are dropped', isLast);
  }

  #alarm(fields: object, message: string, isLast = false): void {
    const now = performance.now();
    if (!isLast && now - this.#lastAlarmAt < alarmEveryMs) return;
    this.#lastAlarmAt = now;
    this.#options.onAlarm(fields, message);
  }
}
