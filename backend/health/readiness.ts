/**
 * Whether this process should get requests: its queries are warm, Kusto answers, and it is not shutting down.
 */
import type { KustoClient } from '../../kusto/client/client.ts';
import { ping } from '../../kusto/client/function-call.ts';

/** Whether the process is ready, and if not, why. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export interface ReadinessOptions {
  readonly kusto: KustoClient;
  /** Each runs once before the process is ready: connections open, Kusto compiles and caches. */
  readonly warmUp: readonly {
    readonly text: string;
    readonly parameters: Readonly<Record<string, string>>;
  }[];
}

const traceId = 'readiness';
const coldTimeoutMs = 30_000;
const timeoutMs = 950;
/** Many probes may come at once; Kusto is queried at most once in this time. */
const probeIntervalMs = 1_000;

export class ReadinessCheck {
  readonly #options: ReadinessOptions;
  #warm: Promise<void> | undefined;
  #probe: Promise<Readiness> | undefined;
  #stopping = false;

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  /** Runs every warm-up query once, however often it is called. After a failure the next call tries again. @throws KustoError */
  warmUp(): Promise<void> {
    const { kusto, warmUp } = this.#options;
    this.#warm ??= Promise.all(
      // Its own query too: what is warmed afterwards would keep the embedded engine from compiling it in time.
      [...warmUp, ping].map(({ text, parameters }) =>
        kusto.query(text, parameters, { interactive: true, traceId, timeoutMs: coldTimeoutMs }),
      ),
    ).then(
      () => undefined,
      (error: unknown) => {
        this.#warm = undefined;
        throw error;
      },
    );
    return this.#warm;
  }

  /** From now on the process is not ready. */
  stop(): void {
    this.#stopping = true;
  }

  /** Whether the process is ready now. Never throws. */
  check(): Promise<Readiness> {
    if (this.#stopping) return Promise.resolve({ ready: false, reason: 'shutting down' });
    this.#probe ??= this.#ask().finally(() => {
      setTimeout(() => {
        this.#probe = undefined;
      }, probeIntervalMs).unref();
    });
    return this.#probe;
  }

  async #ask(): Promise<Readiness> {
    try {
      const wasWarm = this.#warm !== undefined;
      await this.warmUp();
      if (wasWarm)
        await this.#options.kusto.query(ping.text, ping.parameters, {
          interactive: true,
          traceId,
          timeoutMs,
        });
      return { ready: true };
    } catch {
      return { ready: false, reason: 'Kusto does not answer' };
    }
  }
}
