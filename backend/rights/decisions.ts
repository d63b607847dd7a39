/**
 * What Azure DevOps said of users and projects, as far as it is remembered. Each caller has a share: whoever asks about
 * more forgets own decisions, and nobody else's.
 */
import { LRUCache } from 'lru-cache';

/** What was said, and when, in milliseconds of a clock. */
export interface Decision {
  readonly allowed: boolean;
  readonly at: number;
}

export interface DecisionLimits {
  readonly altogether: number;
  readonly perCaller: number;
}

export class Decisions {
  readonly #limits: DecisionLimits;
  readonly #ofCallers: LRUCache<string, Map<string, Decision>>;
  #count = 0;

  constructor(limits: DecisionLimits) {
    this.#limits = limits;
    this.#ofCallers = new LRUCache({
      max: limits.altogether,
      noDisposeOnSet: true,
      dispose: (ofCaller) => {
        this.#count -= ofCaller.size;
      },
    });
  }

  get(caller: string, subject: string): Decision | undefined {
    return this.#ofCallers.get(caller)?.get(subject);
  }

  /** Remembers it; with too many of all callers, those of the caller who was quiet for longest are forgotten. */
  set(caller: string, subject: string, decision: Decision): void {
    this.delete(caller, subject);
    const ofCaller = this.#ofCallers.get(caller) ?? new Map<string, Decision>();
    const [oldest] = ofCaller.keys();
    if (oldest !== undefined && ofCaller.size >= this.#limits.perCaller) this.delete(caller, oldest);
    ofCaller.set(subject, decision);
    this.#count++;
    this.#ofCallers.set(caller, ofCaller);
    while (this.#count > this.#limits.altogether && this.#ofCallers.size > 1) this.#ofCallers.pop();
  }

  delete(caller: string, subject: string): void {
    if (this.#ofCallers.peek(caller)?.delete(subject)) this.#count--;
  }
}
