/** A link to another system, which opens in a new tab and says so. It passes on no referrer or opener. */
import * as React from 'react';
import { strings } from '../strings.ts';
import { MiddleText } from './MiddleText.tsx';
import './NewTabLink.css';

interface NewTabLinkProps {
  readonly href: string;
  readonly text: string;
  /** The tooltip; by default, the text. */
  readonly title?: string;
  readonly tabIndex?: number;
  readonly className?: string;
  /** Whether the text loses its middle where there is no room. Screen readers say all of it. */
  readonly shortened?: boolean;
}

export function NewTabLink(props: NewTabLinkProps): JSX.Element {
  return (
    <a
      className={`new-tab-link ${props.className ?? ''}`}
      href={props.href}
      target="_blank"
      rel="noopener noreferrer"
      tabIndex={props.tabIndex}
      title={props.title ?? props.text}
      aria-label={props.shortened ? `${props.text}, ${strings.table.opensNewTab}` : undefined}
    >
      {props.shortened ? <MiddleText text={props.text} /> : props.text}
      <span className="for-screen-readers">{`, ${strings.table.opensNewTab}`}</span>
    </a>
  );
}
