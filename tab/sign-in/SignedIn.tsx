/**
 * Gives its content a connection that adds the user's tokens. While one is missing that only the user or an administrator can
 * put right, a page that says so takes the place of the content, which starts anew afterwards.
 */
import * as React from 'react';
import type { ConnectedServiceProps } from '../service/ConnectedService.tsx';
import { SignInPage } from './SignInPage.tsx';
import type { SignInError } from './sign-in-error.ts';
import { signedInConnection } from './signed-in-connection.ts';

export function SignedIn({ host, service, children }: ConnectedServiceProps): JSX.Element {
  const [problem, setProblem] = React.useState<SignInError>();
  const retry = React.useCallback(() => setProblem(undefined), []);
  const { signIn, connection } = React.useMemo(() => {
    const signIn = host.signInTo(service);
    return { signIn, connection: signedInConnection(service.url, signIn, setProblem) };
  }, [host, service]);
  if (problem) return <SignInPage problem={problem} signIn={signIn} onRetry={retry} />;
  return <>{children(connection)}</>;
}
