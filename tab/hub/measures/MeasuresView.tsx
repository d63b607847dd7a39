/** The five measures of delivery over 90 days, by service and environment. */
import * as React from 'react';
import type { IntrospectionClient } from '../../../api/introspection/client.ts';
import type { Measures } from '../../../api/introspection/contract.ts';
import type { ProjectKey } from '../../../api/keys.ts';
import { MessagePage } from '../../components/MessagePage.tsx';
import { RefreshButton } from '../../components/RefreshButton.tsx';
import type { LiveQuery } from '../../live/live-answer.ts';
import { useLiveAnswer } from '../../live/use-live-answer.ts';
import { announceLoaded } from '../announce-loaded.ts';
import { Choice } from '../Choice.tsx';
import { LeftOutNotice } from '../environments/MatrixNotices.tsx';
import type { ViewProps } from '../HubPage.tsx';
import { KnowledgeFrame } from '../KnowledgeFrame.tsx';
import { hubStrings } from '../strings.ts';
import { useServices } from '../use-services.ts';
import { Breakdown } from './Breakdown.tsx';
import { MeasureCard } from './MeasureCard.tsx';
import { breakdown, measureNames, overall } from './measure-values.ts';
import './MeasuresView.css';

export function MeasuresView(props: ViewProps): JSX.Element {
  const { client, project, options, onOptions, anonymous } = props;
  const { service, environment } = options;
  const query = React.useMemo(
    () => measuresQuery(client, project, service, environment),
    [client, project, service, environment],
  );
  const live = useLiveAnswer(query, announceLoaded);
  const names = useServices(client, project);
  const items = (list: readonly string[]) => list.map((name) => ({ id: name, text: name }));
  return (
    <>
      <div className="hub-bar">
        <Choice
          label={hubStrings.service}
          any={hubStrings.allServices}
          value={service}
          items={items(names.services)}
          onChange={(chosen) => onOptions({ service: chosen })}
        />
        <Choice
          label={hubStrings.environment}
          any={hubStrings.allEnvironments}
          value={environment}
          items={items(names.environments)}
          onChange={(chosen) => onOptions({ environment: chosen })}
        />
        <span className="bar-end">
          <RefreshButton refreshing={live.refreshing} onRefresh={live.refresh} />
        </span>
      </div>
      <KnowledgeFrame live={live} anonymous={anonymous}>
        {({ body }) => <MeasureList {...props} measures={body} />}
      </KnowledgeFrame>
    </>
  );
}

function measuresQuery(
  client: IntrospectionClient,
  project: ProjectKey,
  service: string,
  environment: string,
): LiveQuery<Measures> {
  return {
    pace: () => 'settled',
    ask: (previous, signal) =>
      client.getMeasures(
        {
          ...project,
          ...(service && { services: [service] }),
          ...(environment && { environments: [environment] }),
        },
        { signal, previous },
      ),
  };
}

function MeasureList(props: ViewProps & { measures: Measures }): JSX.Element {
  const { measures, options, onOptions } = props;
  const { From, To, Measures: list } = measures;
  const words = hubStrings.measures;
  const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });
  const dayText = (instant: number) => days.format(instant);
  const open = (measure: string, service: string, environment: string) =>
    onOptions({
      pivot: 'changes',
      measure,
      service,
      environment,
      from: From.slice(0, 10),
      to: To.slice(0, 10),
      changeStates: [],
      find: '',
    });
  if (list.every(({ Counted, LeftOutCount }) => Counted + LeftOutCount === 0))
    return <MessagePage tone="waiting" level={2} title={words.nothingTitle} text={words.nothingText} />;
  return (
    <div className="measures-scroller">
      <p className="secondary-text measures-days">
        {words.days(dayText(Date.parse(From)), dayText(Date.parse(To)))}
      </p>
      <LeftOutNotice leftOut={measures.LeftOut} />
      <div className="measure-cards">
        {measureNames.map((name) => (
          <MeasureCard
            key={name}
            name={name}
            measure={overall(list, name, options.service, options.environment)}
            from={Date.parse(From)}
            to={Date.parse(To)}
            dayText={dayText}
            onOpen={() => open(name, options.service, options.environment)}
          />
        ))}
      </div>
      <Breakdown rows={breakdown(list)} onOpen={open} />
    </div>
  );
}
