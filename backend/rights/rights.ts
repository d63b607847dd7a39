/**
 * What a caller may see. Identity is proven before (`auth/`); here it is asked which projects of Azure DevOps the
 * caller may read. A right is never part of what is cached for everybody.
 */
import type { ProjectKey } from '../../api/keys.ts';
import type { Caller } from '../auth/caller.ts';

export interface Rights {
  /** Why a caller without any grant is refused before anything is looked up; undefined for all others. */
  refusal(caller: Caller): string | undefined;
  /**
   * What of some projects a caller may see; without projects, whether it may see what belongs to none.
   */
  sight(caller: Caller, projects: readonly ProjectKey[]): Promise<Sight>;
}

/** All of what was asked for, or some of the projects, none included. */
export type Sight = { readonly kind: 'all' } | { readonly kind: 'some'; sees(project: ProjectKey): boolean };

export const seesAll: Sight = { kind: 'all' };
export const seesNothing: Sight = { kind: 'some', sees: () => false };

/** With `AUTH=none`: whoever is on this machine sees everything. */
export const openToAnyoneHere: Rights = {
  refusal: ({ kind }) => (kind === 'anyone' ? undefined : 'This server answers to this machine only.'),
  sight: async ({ kind }) => (kind === 'anyone' ? seesAll : seesNothing),
};
