/**
 * Shows its content once the service may be asked. A URL from the settings may have been written by anybody, so the
 * user has to confirm its origin first, once; until then, nothing is sent to it.
 */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { MessagePage } from '../components/MessagePage.tsx';
import { useKeptFocus } from '../components/use-kept-focus.ts';
import type { Service } from '../host/service.ts';
import { strings } from '../strings.ts';
import { type Consent, readConsent, writeConsent } from './service-consent.ts';
import './ConfirmedService.css';

export function ConfirmedService(props: { service: Service; children: React.ReactNode }): JSX.Element {
  const { url, trust } = props.service;
  const { origin } = new URL(url);
  const [consent, setConsent] = React.useState(() => readConsent(origin));
  const root = React.useRef<HTMLDivElement>(null);
  useKeptFocus(root, consent ?? 'undecided');
  if (trust === 'packed') return <>{props.children}</>;
  const decide = (decision: Consent | undefined) => {
    writeConsent(origin, decision);
    setConsent(decision);
  };
  return (
    <div className="confirmed-service" ref={root}>
      {consent === undefined && <ConfirmPage origin={origin} onDecide={decide} />}
      {consent === 'refused' && <RefusedPage origin={origin} onAskAgain={() => decide(undefined)} />}
      {consent === 'confirmed' && props.children}
    </div>
  );
}

function ConfirmPage(props: { origin: string; onDecide: (decision: Consent) => void }): JSX.Element {
  const words = strings.pages.confirmService;
  return (
    <MessagePage tone="setup" title={words.title} text={words.text}>
      <p className="service-origin">
        <code>{props.origin}</code>
      </p>
      <p className="message-text secondary-text">{words.sends}</p>
      <div className="service-decision">
        <Button primary text={words.confirm} onClick={() => props.onDecide('confirmed')} />
        <Button text={words.refuse} onClick={() => props.onDecide('refused')} />
      </div>
    </MessagePage>
  );
}

function RefusedPage(props: { origin: string; onAskAgain: () => void }): JSX.Element {
  const words = strings.pages.refusedService;
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
