/** A link to another system: opens in a new tab that learns nothing about this one, and says so. */
import * as React from 'react';
import { strings } from '../strings.ts';
import './NewTabLink.css';

interface NewTabLinkProps {
  readonly href: string;
  readonly text: string;
  /** What hovering shows; the text itself when absent. */
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
