/** Where a pull request or a work item is: asks the service, keeps its answer up to date and shows it. */
import * as React from 'react';
import { createIntrospectionClient } from '../../api/introspection/client.ts';
import type { Whereabouts } from '../../api/introspection/contract.ts';
import { MessagePage } from '../components/MessagePage.tsx';
import { RefreshButton } from '../components/RefreshButton.tsx';
import { TimeFormatsContext } from '../components/Times.tsx';
import type { HostPage } from '../host/handshake.ts';
import { KnowledgeFrame } from '../hub/KnowledgeFrame.tsx';
import { type Live, useLiveAnswer } from '../live/use-live-answer.ts';
import type { ServiceConnection } from '../service/ConnectedService.tsx';
import { strings } from '../strings.ts';
import { announceWhere } from './announce-where.ts';
import { whereStrings } from './strings.ts';
import { WhereView } from './WhereView.tsx';
import { type Subject, whereQuery } from './where-query.ts';
import './WhereIsIt.css';

interface WhereIsItProps extends Subject {
  readonly page: HostPage;
  readonly connection: ServiceConnection;
  /** Whether the page around it shows the title. */
  readonly compact?: boolean;
}

export function WhereIsIt(props: WhereIsItProps): JSX.Element {
  const { page, connection, kind, id, repositoryId } = props;
  const client = React.useMemo(() => createIntrospectionClient(connection), [connection]);
  const query = React.useMemo(() => {
    const project = { organization: page.organization, project: page.projectId };
    return page.projectId ? whereQuery(client, project, { kind, id, repositoryId }) : undefined;
  }, [client, page, kind, id, repositoryId]);
  const live = useLiveAnswer(query, announceWhere);
  if (!query) return <MessagePage tone="search" {...whereStrings.pages.noProject} />;
  const unknown = kind === 'workItem' ? 'unknownWorkItem' : 'unknownPullRequest';
  return (
    <div className={props.compact ? 'where-page compact' : 'where-page'}>
      <WhereHeader live={live} />
      <KnowledgeFrame live={live} anonymous={connection.anonymous} unknown={whereStrings.pages[unknown]}>
        {({ body }) => <WhereView key={body.Subject} kind={kind} whereabouts={body} />}
      </KnowledgeFrame>
    </div>
  );
}

function WhereHeader({ live }: { live: Live<Whereabouts> }): JSX.Element {
  const formats = React.useContext(TimeFormatsContext);
  const { knowledge, refreshing, refresh } = live;
  return (
    <header className="where-header">
      <h1 className="title-m where-title" tabIndex={-1}>
        {whereStrings.title}
      </h1>
      <p className="secondary-text where-time">
        {knowledge.kind === 'found' && whereStrings.asOf(formats.clock(knowledge.asOf, Date.now()))}
        {refreshing && strings.refreshInProgress}
      </p>
      <RefreshButton refreshing={refreshing} onRefresh={refresh} />
    </header>
  );
}
