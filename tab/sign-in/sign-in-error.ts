/** Why a page has no token that its service accepts. */

/**
 * - `required`: the user has to sign in, in a window that opens from a click
 * - `claims`: the service wants more of the user first, such as a second factor
 * - `consent`: the user has to let the service ask Azure DevOps in their name
 * - `cancelled`: the user closed the window; `blocked`: the browser did not open it
 * - `refused`: Entra ID does not let this user in
 * - `wrongTenant`: the user or the organization belongs to another tenant; `notEntra`: the organization to none
 * - `rejected`: the service does not accept the tokens that Entra ID gives for it
 * - `unsupported`: the host has no Nested App Auth
 * - `offline`, `failed`: it may work later
 */
export type SignInProblem =
  | 'required'
  | 'claims'
  | 'consent'
  | 'cancelled'
  | 'blocked'
  | 'refused'
  | 'wrongTenant'
  | 'notEntra'
  | 'rejected'
  | 'unsupported'
  | 'offline'
  | 'failed';

export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly kind: SignInProblem;
  /** For `claims`: what to ask for (JSON). */
  readonly claims: string | undefined;

  /** @param detail for whoever has to find the cause: a code or a reason without anything secret */
  constructor(kind: SignInProblem, detail = '', claims?: string) {
    super(detail);
    this.kind = kind;
    this.claims = claims;
  }

  /** Whether it may pass without anybody doing anything, so that what a page shows can stay. */
  get isTransient(): boolean {
    return this.kind === 'offline' || this.kind === 'failed';
  }
}
