/**
 * Spares organizations that do not answer: after some failures in a row nobody is asked for a while, then one
 * question tries.
 */
import { LRUCache } from 'lru-cache';

interface State {
  failures: number;
  closedUntil: number;
}

const failuresToOpen = 5;
const pauseMs = 3_000;
const mostOrganizations = 1_000;

export class OutageBreaker {
  readonly #states = new LRUCache<string, State>({ max: mostOrganizations });
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether the organization may be asked now. After a pause only the first of many may. */
  mayAsk(organization: string): boolean {
    const state = this.#states.get(organization);
    if (!state || state.failures < failuresToOpen) return true;
    if (this.#now() < state.closedUntil) return false;
    state.closedUntil = this.#now() + pauseMs;
    return true;
  }

  succeeded(organization: string): void {
    this.#states.delete(organization);
  }

  failed(organization: string): void {
    const failures = (this.#states.get(organization)?.failures ?? 0) + 1;
    this.#states.set(organization, { failures, closedUntil: this.#now() + pauseMs });
  }
}
