/** The page for each reason why there is no token: says why, and what to do. */
import * as React from 'react';
import { MessagePage } from '../components/MessagePage.tsx';
import type { Tone } from '../components/Picture.tsx';
import { useKeptFocus } from '../components/use-kept-focus.ts';
import type { InteractiveRequest, SignIn } from '../host/sign-in.ts';
import { SignInError, type SignInProblem } from './sign-in-error.ts';
import { signInStrings } from './strings.ts';

interface SignInPageProps {
  readonly problem: SignInError;
  readonly signIn: Promise<SignIn>;
  /** Called when another request is worth a try. */
  readonly onRetry: () => void;
}

/** Problems that the user may solve in a window. */
const interactive: readonly SignInProblem[] = [
  'required',
  'claims',
  'consent',
  'cancelled',
  'blocked',
  'refused',
  'wrongTenant',
];

/** Problems whose cause is in their words: a code would only be in the way. */
const plain: readonly SignInProblem[] = ['required', 'claims', 'cancelled', 'blocked', 'offline'];

const tones: Partial<Record<SignInProblem, Tone>> = {
  consent: 'setup',
  offline: 'problem',
  failed: 'problem',
  unsupported: 'problem',
};

export function SignInPage({ problem, signIn, onRetry }: SignInPageProps): JSX.Element {
  const root = React.useRef<HTMLDivElement>(null);
  const [shown, setShown] = React.useState(problem);
  const [waiting, setWaiting] = React.useState(false);
  useKeptFocus(root, shown.kind);
  useRetryOnline(shown, onRetry);
  const act = () => {
    if (!interactive.includes(shown.kind)) return onRetry();
    setWaiting(true);
    signIn
      .then((opened) => opened.interact(requestFor(problem)))
      .then(onRetry, (error: unknown) => {
        setWaiting(false);
        setShown(error instanceof SignInError ? error : new SignInError('failed'));
      });
  };
  const { title, text, action } = signInStrings.pages[shown.kind];
  return (
    <div ref={root}>
      <MessagePage
        key={shown.kind}
        tone={tones[shown.kind] ?? 'locked'}
        title={title}
        text={text}
        detail={plain.includes(shown.kind) ? undefined : shown.message}
        action={action}
        onAction={act}
      >
        <p className="message-text secondary-text" role="status">
          {waiting && signInStrings.waiting}
        </p>
      </MessagePage>
    </div>
  );
}

/** A window that was closed or blocked is opened again for the same reason. */
function requestFor({ kind, claims }: SignInError): InteractiveRequest {
  return { ...(claims !== undefined && { claims }), ...(kind === 'consent' && { consent: true }) };
}

function useRetryOnline({ kind }: SignInError, onRetry: () => void): void {
  React.useEffect(() => {
    if (kind !== 'offline') return;
    window.addEventListener('online', onRetry);
    return () => window.removeEventListener('online', onRetry);
  }, [kind, onRetry]);
}
