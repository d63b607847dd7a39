/** A link to another system, which opens in a new tab and says so. It passes on no referrer or opener. */
import * as React from 'react';
import { strings } from '../strings.ts';
import './NewTabLink.css';

interface NewTabLinkProps {
  readonly href: string;
  readonly text: string;
  /** The tooltip; by default, the text. */
  readonly title?: string;
  readonly tabIndex?: number;
  readonly className?: string;
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
    >
      {props.text}
      <span className="for-screen-readers">{`, ${strings.table.opensNewTab}`}</span>
    </a>
  );
}
