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
   * What a caller may see of some projects, found out within a time in milliseconds; at once, without a promise, where
   * nobody has to be asked.
   *
   * @throws RightsError
   */
  sight(caller: Caller, asked: AskedProjects, withinMs: number): Sight | Promise<Sight>;
  /** Whether a caller may edit the pipelines of a project, and so its settings. @throws RightsError */
  mayEdit(caller: Caller, project: ProjectKey, withinMs: number): Promise<boolean>;
}

/**
 * The project that a request names, or those that an answer names. None: the answer belongs to no project, or there is
 * none. Then `about` names what was asked for.
 */
export type AskedProjects =
  | { readonly named: ProjectKey }
  | { readonly found: readonly ProjectKey[]; readonly about: string; readonly isKnown: boolean };

/** All of what was asked for, or some of the projects, none included. */
export type Sight =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'some';
      sees(project: ProjectKey): boolean;
      /** Whether the caller may know how much is left out of what it sees. */
      readonly mayCount?: boolean;
    };

export const seesAll: Sight = { kind: 'all' };
export const seesNothing: Sight = { kind: 'some', sees: () => false };

export function projectsIn(asked: AskedProjects): readonly ProjectKey[] {
  return 'named' in asked ? [asked.named] : asked.found;
}

/** With `AUTH=none`: whoever is on this machine sees everything. */
export const openToAnyoneHere: Rights = {
  refusal: ({ kind }) => (kind === 'anyone' ? undefined : 'This server answers to this machine only.'),
  sight: ({ kind }) => (kind === 'anyone' ? seesAll : seesNothing),
  mayEdit: async ({ kind }) => kind === 'anyone',
};

declare module 'fastify' {
  interface FastifyInstance {
    /** The rights of the callers of this app. */
    rights: Rights;
  }
}
