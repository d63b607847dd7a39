/** Chooses the page for what is known about a build's deployments. Plain props in, no calls out. */
import * as React from 'react';
import type { ClientError } from '../../api/client-error.ts';
import { MessagePage, type MessagePageProps } from '../components/MessagePage.tsx';
import { strings } from '../strings.ts';
import { DeploymentsView, type DeploymentsViewProps } from './DeploymentsView.tsx';
import { LoadingPage } from './LoadingPage.tsx';
import type { Knowledge } from './live-deployments.ts';

export type KnowledgePageProps = Omit<DeploymentsViewProps, 'deployments'> & {
  readonly knowledge: Knowledge;
};

export function KnowledgePage(props: KnowledgePageProps): JSX.Element {
  const { knowledge, ...rest } = props;
  const retry = { action: strings.pages.retry, onAction: props.onRefresh };
  switch (knowledge.kind) {
    case 'loading':
      return <LoadingPage />;
    case 'deployments':
      if (knowledge.rows.length > 0) return <DeploymentsView {...rest} deployments={knowledge} />;
      return <MessagePage tone="problem" {...strings.pages.unreadable} {...retry} />;
    case 'none':
      return <MessagePage tone="waiting" {...strings.pages.noDeployments} {...retry} />;
    case 'unknownBuild':
      return <MessagePage tone="search" {...strings.pages.unknownBuild} {...retry} />;
    case 'failed':
      return <MessagePage {...pageOfError(knowledge.error)} traceId={knowledge.error.traceId} {...retry} />;
  }
}

/** What to say about a failure; the service's own words are added where they help whoever is asked. */
function pageOfError(error: ClientError): Pick<MessagePageProps, 'tone' | 'title' | 'text' | 'detail'> {
  switch (error.kind) {
    case 'unauthorized':
    case 'tokenFailed':
      return { tone: 'locked', ...strings.pages.signedOut };
    case 'forbidden':
      return { tone: 'locked', ...strings.pages.noAccess };
    case 'badRequest':
      return { tone: 'problem', ...strings.pages.invalid, detail: error.message };
    default:
      return { tone: 'problem', ...strings.pages.unavailable, detail: error.message };
  }
}
