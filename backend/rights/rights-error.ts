/** Why nothing can be shown to a caller although it has a grant. */
import type { AccessTarget } from '../../api/access.ts';

/**
 * - `away`: nobody can tell what the user may see; later, perhaps
 * - `challenge`: Entra ID wants more of the user, such as a second factor; `claims` is what a page has to ask for
 * - `refused`: the message, which is for callers, says what stands in the way, and `target` what that is about
 */
export type RightsProblem =
  | { readonly kind: 'away'; readonly retryAfterSeconds: number }
  | { readonly kind: 'challenge'; readonly claims: string }
  | { readonly kind: 'refused'; readonly target: AccessTarget; readonly message: string };

export class RightsError extends Error {
  override readonly name = 'RightsError';
  readonly problem: RightsProblem;

  constructor(problem: RightsProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}
