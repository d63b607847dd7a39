/** A page with a message, and usually at most one action. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { strings } from '../strings.ts';
import { CopyButton } from './CopyButton.tsx';
import { Picture, type Tone } from './Picture.tsx';
import './MessagePage.css';

interface MessagePageProps {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  /** The message of the service, in smaller print. */
  readonly detail?: string;
  readonly traceId?: string;
  readonly action?: string;
  readonly onAction?: () => void;
  /** 2 within a page that has a heading of its own. */
  readonly level?: 1 | 2;
  /** What else the page needs, below the text. */
  readonly children?: React.ReactNode;
}

export function MessagePage(props: MessagePageProps): JSX.Element {
  const Heading = props.level === 2 ? 'h2' : 'h1';
  return (
    <div className="message-page">
      <Picture tone={props.tone} />
      <Heading className="title-l message-title" tabIndex={-1}>
        {props.title}
      </Heading>
      <p className="message-text secondary-text">{props.text}</p>
      {props.detail && <p className="message-detail secondary-text">{props.detail}</p>}
      {props.children}
      {props.action && props.onAction && (
        <Button primary className="message-action" text={props.action} onClick={props.onAction} />
      )}
      {props.traceId && (
        <div className="message-trace">
          <span className="secondary-text">
            {strings.pages.traceId} <code>{props.traceId}</code>
          </span>
          <CopyButton text={props.traceId} label={strings.pages.copyTraceId} />
        </div>
      )}
    </div>
  );
}
