/** What lies between the versions of a service in two environments. */
import * as React from 'react';
import type { Placement } from '../../../api/introspection/contract.ts';
import { AskedPart } from '../AskedPart.tsx';
import type { ViewProps } from '../HubPage.tsx';
import { NewsList, newsTitle } from '../NewsList.tsx';
import { SidePanel } from '../SidePanel.tsx';
import { hubStrings } from '../strings.ts';
import { useAnswer } from '../use-answer.ts';

interface DifferencePanelProps extends Pick<ViewProps, 'client' | 'project'> {
  readonly service: string;
  readonly left: Placement;
  readonly right: Placement;
  /** Whether the first environment comes after the second one in the order of deployment. */
  readonly isLeftLater: boolean;
  readonly onDismiss: () => void;
}

export function DifferencePanel(props: DifferencePanelProps): JSX.Element {
  const { client, project, service } = props;
  // The earlier environment usually has more, and what it has more is the news.
  const [ahead, behind] = props.isLeftLater ? [props.right, props.left] : [props.left, props.right];
  const ask = React.useCallback(
    (signal: AbortSignal) =>
      client.getNews(
        {
          ...project,
          service,
          environment: ahead.Environment,
          source: ahead.DeploymentSource,
          deploymentId: ahead.DeploymentId,
          since: behind.DeploymentId,
        },
        { signal },
      ),
    [client, project, service, ahead, behind],
  );
  const news = useAnswer(ask);
  return (
    <SidePanel
      title={hubStrings.compare.newsLabel(service)}
      description={news.kind === 'found' ? newsTitle(news.body) : ''}
      onDismiss={props.onDismiss}
    >
      <AskedPart asked={news} loading={hubStrings.cell.loadingNews} nothing={hubStrings.cell.noNews}>
        {(body) => <NewsList news={body} />}
      </AskedPart>
    </SidePanel>
  );
}
