/**
 * A connection to the API with the tokens of the user: renews one that the service refuses, and reports what only the user
 * or an administrator can put right.
 */
import { type AccessTarget, azureDevOpsTokenHeader } from '../../api/access.ts';
import { ClientError } from '../../api/client-error.ts';
import type { SignIn } from '../host/sign-in.ts';
import type { ServiceConnection } from '../service/ConnectedService.tsx';
import { send } from '../service/send.ts';
import { SignInError, type SignInProblem } from './sign-in-error.ts';

/**
 * What clients of a service need that may get the tokens.
 *
 * @param onProblem called when a request fails for want of a token, before it rejects. What may pass by itself is reported
 *   only until the first success: after that, a page can keep what it shows
 */
export function signedInConnection(
  baseUrl: string,
  opening: Promise<SignIn>,
  onProblem: (problem: SignInError) => void,
): ServiceConnection {
  let wasServed = false;
  const report = (error: unknown) => {
    if (error instanceof SignInError && !(wasServed && error.isTransient)) onProblem(error);
  };
  return {
    baseUrl,
    anonymous: false,
    async token() {
      try {
        return await (await opening).token();
      } catch (error) {
        report(error);
        throw error;
      }
    },
    async fetch(input, init) {
      const answer = await sendSignedIn(await opening, report, input, init);
      wasServed ||= answer.ok || answer.status === 304;
      return answer;
    },
  };
}

async function sendSignedIn(
  signIn: SignIn,
  report: (problem: unknown) => void,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): Promise<Response> {
  const headers = new Headers(init?.headers);
  const ownToken = await signIn.azureDevOpsToken().catch((cause: unknown) => {
    throw new ClientError('tokenFailed', 'Could not get an access token.', { cause });
  });
  if (ownToken !== undefined) headers.set(azureDevOpsTokenHeader, ownToken);
  const answer = await send(input, { ...init, headers });
  const problem = await problemIn(answer);
  if (!problem) return answer;
  if (answer.status !== 401) {
    report(problem);
    return answer;
  }
  const refused = headers.get('authorization')?.replace(/^Bearer /, '') ?? '';
  try {
    const token = await signIn.renew(refused, problem.claims);
    if (token === undefined) return answer;
    headers.set('authorization', `Bearer ${token}`);
  } catch (error) {
    const needsUser = error instanceof SignInError && error.kind === 'required';
    report(needsUser && problem.claims ? problem : error);
    return answer;
  }
  const second = await send(input, { ...init, headers });
  const remains = await problemIn(second);
  if (remains) report(remains);
  return second;
}

const problems: Readonly<Record<AccessTarget, SignInProblem>> = {
  consent: 'consent',
  tenant: 'wrongTenant',
  organization: 'notEntra',
};

/** What an answer says about the sign-in; undefined if nothing. */
async function problemIn(answer: Response): Promise<SignInError | undefined> {
  if (answer.status === 401) {
    const claims = claimsIn(answer.headers.get('www-authenticate') ?? '');
    return new SignInError(claims === undefined ? 'rejected' : 'claims', '', claims);
  }
  if (answer.status !== 403) return undefined;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  const { details } = Object(body) as { readonly details?: unknown };
  for (const detail of Array.isArray(details) ? details : []) {
    const { target, message } = Object(detail) as { readonly target?: unknown; readonly message?: unknown };
    const problem = Object.entries(problems).find(([named]) => named === target)?.[1];
    if (problem) return new SignInError(problem, typeof message === 'string' ? message : '');
  }
  return undefined;
}

/** The claims of a challenge: JSON, in base64. */
function claimsIn(challenge: string): string | undefined {
  const encoded = /\bclaims="([\w+/=-]{1,8000})"/.exec(challenge)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const claims = atob(encoded);
    const parsed: unknown = JSON.parse(claims);
    return typeof parsed === 'object' && parsed !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}
