/** Says why a project has nothing to show, and what an administrator does about it. */
import * as React from 'react';
import { CopyButton } from '../components/CopyButton.tsx';
import { MessagePage } from '../components/MessagePage.tsx';
import { NewTabLink } from '../components/NewTabLink.tsx';
import { hubStrings } from './strings.ts';
import './NothingYetPage.css';

const command = 'deployments hooks create';

export function NothingYetPage(props: { serviceUrl: string }): JSX.Element {
  const words = hubStrings.pages.nothingYet;
  return (
    <MessagePage tone="waiting" level={2} title={words.title} text={words.text}>
      <p className="message-text secondary-text">{words.command}</p>
      <p className="hub-command">
        <code>{command}</code>
        <CopyButton text={command} label={words.copy} />
      </p>
      <NewTabLink href={`${props.serviceUrl}/docs`} text={words.docs} />
    </MessagePage>
  );
}
