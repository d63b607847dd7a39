/**
 * Shows its content once the service may be asked. A URL from the settings may have been written by anybody, so the
 * user has to confirm its origin first, once; until then, nothing is sent to it.
 */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { MessagePage } from '../components/MessagePage.tsx';
import { useKeptFocus } from '../components/use-kept-focus.ts';
import { isAnonymous, type Service } from '../host/service.ts';
import { confirmStrings } from './confirm-strings.ts';
import { type Consent, consentSubject, readConsent, writeConsent } from './service-consent.ts';

export function ConfirmedService(props: { service: Service; children: React.ReactNode }): JSX.Element {
  const { service } = props;
  const { origin } = new URL(service.url);
  const subject = consentSubject(service);
  const [consent, setConsent] = React.useState(() => readConsent(subject));
  const root = React.useRef<HTMLDivElement>(null);
  useKeptFocus(root, consent ?? 'undecided');
  const decide = (decision: Consent | undefined) => {
    writeConsent(subject, decision);
    setConsent(decision);
  };
  return (
    <div className="confirmed-service" ref={root}>
      {consent === undefined && (
        <ConfirmPage origin={origin} anonymous={isAnonymous(service)} onDecide={decide} />
      )}
      {consent === 'refused' && <RefusedPage origin={origin} onAskAgain={() => decide(undefined)} />}
      {consent === 'confirmed' && props.children}
    </div>
  );
}

function ConfirmPage(props: {
  origin: string;
  anonymous: boolean;
  onDecide: (decision: Consent) => void;
}): JSX.Element {
  const words = confirmStrings.confirm;
  return (
    <MessagePage tone="setup" title={words.title} text={words.text}>
      <p className="service-origin">
        <code>{props.origin}</code>
      </p>
      <p className="message-text secondary-text">{props.anonymous ? words.sends : words.sendsToken}</p>
      <div className="service-decision">
        <Button primary text={words.confirm} onClick={() => props.onDecide('confirmed')} />
        <Button text={words.refuse} onClick={() => props.onDecide('refused')} />
      </div>
    </MessagePage>
  );
}

function RefusedPage(props: { origin: string; onAskAgain: () => void }): JSX.Element {
  const words = confirmStrings.refused;
  return (
    <MessagePage
      tone="locked"
      title={words.title}
      text={words.text(props.origin)}
      action={words.askAgain}
      onAction={props.onAskAgain}
    />
  );
}
