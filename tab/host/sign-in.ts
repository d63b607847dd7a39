/** How the user proves who they are to a service. What does it is loaded only where there is a token to send. */
import type { Service } from './service.ts';

export interface SignIn {
  /** A bearer token for the service that is valid for some minutes at least. Never asks the user. @throws SignInError */
  token(): Promise<string>;
  /** The user's own token for Azure DevOps, if it goes beside the other one. */
  azureDevOpsToken(): Promise<string | undefined>;
  /**
   * Another token in place of one that the service refused, without asking the user; undefined if there is no other.
   *
   * @param claims what the service wants the token to say besides (JSON)
   * @throws SignInError
   */
  renew(refused: string, claims?: string): Promise<string | undefined>;
  /** Opens a window for the user to sign in. Call it in a click, or browsers block the window. @throws SignInError */
  interact(request: InteractiveRequest): Promise<void>;
}

/** What the window is for, besides signing in. */
export interface InteractiveRequest {
  /** What the service wants the token to say besides (JSON). */
  readonly claims?: string;
  /** Whether to ask for all permissions of the application. */
  readonly consent?: boolean;
}

/** The sign-in for a service that gets a token. Keep it: it shares and remembers tokens, in memory only. */
export async function signInTo(service: Service): Promise<SignIn> {
  const { openSignIn } = await import(/* webpackChunkName: "sign-in" */ '../sign-in/open.ts');
  return openSignIn(service);
}
