/**
 * Work by the host that it talks to: a few pieces for each host at once, in their order, so that a host that is slow
 * delays nothing but its own.
 */
import { Bulkhead } from '../../kusto/client/bulkhead.ts';

const atOncePerHost = 16;
/** Longer than any piece of work waits for its turn; the longest time that timers hold. */
const longestWaitMs = 2 ** 31 - 1;

export class HostLanes {
  readonly #lanes = new Map<string, { readonly places: Bulkhead; pieces: number }>();
  readonly #underWay = new Set<Promise<void>>();

  /** Runs `work` when the host's lane has a place. `work` must not reject. */
  run(host: string, work: () => Promise<void>): void {
    const lane = this.#lanes.get(host) ?? {
      places: new Bulkhead(atOncePerHost, Number.POSITIVE_INFINITY),
      pieces: 0,
    };
    this.#lanes.set(host, lane);
    lane.pieces++;
    const running = lane.places.run(longestWaitMs, work).finally(() => {
      this.#underWay.delete(running);
      if (--lane.pieces === 0) this.#lanes.delete(host);
    });
    this.#underWay.add(running);
  }

  /** Resolves when everything that was begun has ended. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}
