/**
 * Chooses the page for what is known about the deployments of a build. It makes no calls. When a page replaces one
 * that had the focus, the focus moves to the heading of the new page.
 */
import * as React from 'react';
import { LoadingPage } from '../components/LoadingPage.tsx';
import { MessagePage } from '../components/MessagePage.tsx';
import { useKeptFocus } from '../components/use-kept-focus.ts';
import { strings } from '../strings.ts';
import { DeploymentsView, type DeploymentsViewProps } from './DeploymentsView.tsx';
import { messageOf } from './knowledge-message.ts';
import type { Knowledge } from './live-deployments.ts';
import './KnowledgePage.css';

type KnowledgePageProps = Omit<DeploymentsViewProps, 'deployments'> & {
  readonly knowledge: Knowledge;
  /** Whether the page sends no token. */
  readonly anonymous: boolean;
};

export function KnowledgePage(props: KnowledgePageProps): JSX.Element {
  const root = React.useRef<HTMLDivElement>(null);
  useKeptFocus(root, props.knowledge.kind);
  return (
    <div className="knowledge-page" ref={root}>
      {pageOf(props)}
    </div>
  );
}

function pageOf({ knowledge, anonymous, ...rest }: KnowledgePageProps): JSX.Element {
  const message = messageOf(knowledge, anonymous);
  if (message)
    return (
      <MessagePage
        {...message}
        action={rest.refreshing ? strings.pages.retrying : strings.pages.retry}
        onAction={rest.onRefresh}
      />
    );
  if (knowledge.kind === 'deployments') return <DeploymentsView {...rest} deployments={knowledge} />;
  return <LoadingPage />;
}
