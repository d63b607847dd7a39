/** What has been deployed, newest first, with how it came there; a change opens the way of its commit. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import type { Change, Changes } from '../../../api/introspection/contract.ts';
import { MessagePage } from '../../components/MessagePage.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RefreshButton } from '../../components/RefreshButton.tsx';
import { TimeFormatsContext } from '../../components/Times.tsx';
import { useLiveAnswer } from '../../live/use-live-answer.ts';
import { strings } from '../../strings.ts';
import { announceLoaded } from '../announce-loaded.ts';
import { ChainPanel } from '../chain/ChainPanel.tsx';
import type { ViewProps } from '../HubPage.tsx';
import { KnowledgeFrame } from '../KnowledgeFrame.tsx';
import { NothingYetPage } from '../NothingYetPage.tsx';
import { hubStrings } from '../strings.ts';
import { useServices } from '../use-services.ts';
import { ChangeFilterBar } from './ChangeFilterBar.tsx';
import { ChangesTable } from './ChangesTable.tsx';
import {
  changesQuery,
  filtersOf,
  isFilteredChanges,
  nextChanges,
  withoutChangeFilters,
  withoutRepeats,
} from './changes-query.ts';
import { useMore } from './use-more.ts';

export function ChangesView(props: ViewProps): JSX.Element {
  const { client, project, options, onOptions, anonymous } = props;
  const formats = React.useContext(TimeFormatsContext);
  const written = JSON.stringify(filtersOf(options));
  const filters = React.useMemo(() => JSON.parse(written) as ReturnType<typeof filtersOf>, [written]);
  const query = React.useMemo(() => changesQuery(client, project, filters), [client, project, filters]);
  const live = useLiveAnswer(query, announceLoaded);
  const names = useServices(client, project);
  const { knowledge } = live;
  const measureName = hubStrings.measures.names.get(options.measure);
  const close = React.useCallback(() => onOptions({ commit: '' }), [onOptions]);
  return (
    <>
      <ChangeFilterBar options={options} names={names} onOptions={onOptions}>
        <span className="secondary-text">
          {knowledge.kind === 'found' &&
            !knowledge.refreshError &&
            hubStrings.notices.asOf(formats.clock(knowledge.asOf, Date.now()))}
          {live.refreshing && strings.refreshInProgress}
        </span>
        <RefreshButton refreshing={live.refreshing} onRefresh={live.refresh} />
      </ChangeFilterBar>
      {measureName !== undefined && <Notice tone="info" text={hubStrings.changes.counts(measureName)} />}
      <KnowledgeFrame live={live} anonymous={anonymous}>
        {({ body }) => <ChangeList key={written} {...props} first={body} filters={filters} />}
      </KnowledgeFrame>
      {options.commit && (
        <ChainPanel client={client} project={project} commit={options.commit} onDismiss={close} />
      )}
    </>
  );
}

type ChangeListProps = ViewProps & { first: Changes; filters: ReturnType<typeof filtersOf> };

function ChangeList(props: ChangeListProps): JSX.Element {
  const { client, project, first, filters, options, onOptions } = props;
  const ask = React.useCallback(
    (token: string) => nextChanges(client, project, filters, token),
    [client, project, filters],
  );
  const more = useMore(first.ContinuationToken, ask);
  const list = React.useMemo(() => withoutRepeats(first.Changes, more.changes), [first, more.changes]);
  const open = React.useCallback(
    ({ Placement }: Change) => onOptions({ commit: Placement.Build.Commit }),
    [onOptions],
  );
  const words = hubStrings.changes;
  if (list.length === 0)
    return isFilteredChanges(options) ? (
      <MessagePage
        tone="search"
        level={2}
        title={words.nothingTitle}
        text={words.nothingText}
        action={words.clear}
        onAction={() => onOptions(withoutChangeFilters)}
      />
    ) : (
      <NothingYetPage serviceUrl={props.serviceUrl} />
    );
  return (
    <div className="changes-scroller">
      <ChangesTable changes={list} onOpen={open} />
      <div className="changes-foot">
        <span className="secondary-text" role="status">
          {words.shown(list.length, more.token !== undefined)}
          {more.failed && ` ${words.moreFailed}`}
        </span>
        {more.token !== undefined && (
          <Button text={more.loading ? words.loadingMore : words.more} onClick={more.load} />
        )}
      </div>
    </div>
  );
}
