/**
 * How many waits may be open. The caps of a plan and of an organization count waits that Azure DevOps has confirmed,
 * so that nobody can use up another's share with made-up registrations; those are bounded for each network address.
 * Several instances, or registrations at the same moment, may go a few waits beyond a cap.
 */
import type { QueryOptions } from '../../kusto/client/client.ts';
import type { Counted, WaitCounts, WaitStore } from './wait-store.ts';

export interface WaitCaps {
  readonly perPlan: number;
  readonly perOrganization: number;
  /** Waits from one network address that have not been confirmed yet. */
  readonly unconfirmedPerAddress: number;
}

/** Whether a wait may be registered. `known`: it is, and nothing has to be done. */
export type Admission =
  | { readonly kind: 'admitted' | 'known' }
  | { readonly kind: 'full'; readonly reason: string };

export class WaitAdmission {
  readonly #store: WaitStore;
  readonly #caps: WaitCaps;
  readonly #underWay = new Set<Counted>();

  constructor(store: WaitStore, caps: WaitCaps) {
    this.#store = store;
    this.#caps = caps;
  }

  /** Runs `register` if the caps allow the wait and it is not registered yet. */
  async admit(wait: Counted, options: QueryOptions, register: () => Promise<void>): Promise<Admission> {
    // What is under way now may be missing in the counts; what begins later sees this one.
    const others = [...this.#underWay];
    this.#underWay.add(wait);
    try {
      const counts = await this.#store.counts(wait, options);
      if (counts.registeredAt !== undefined) return { kind: 'known' };
      const reason = this.#excess(counts, others.filter(({ address }) => address === wait.address).length);
      if (reason !== undefined) return { kind: 'full', reason };
      await register();
      return { kind: 'admitted' };
    } finally {
      this.#underWay.delete(wait);
    }
  }

  #excess(counts: WaitCounts, underWayOfAddress: number): string | undefined {
    const { perPlan, perOrganization, unconfirmedPerAddress } = this.#caps;
    if (counts.ofPlan >= perPlan) return `This plan has ${perPlan} open waits; more are not accepted.`;
    if (counts.ofOrganization >= perOrganization) {
      return `This organization has ${perOrganization} open waits; more are not accepted.`;
    }
    if (counts.unconfirmedOfAddress + underWayOfAddress >= unconfirmedPerAddress) {
      return `${unconfirmedPerAddress} waits from your address have not been confirmed by Azure DevOps yet; more are not accepted.`;
    }
    return undefined;
  }
}
