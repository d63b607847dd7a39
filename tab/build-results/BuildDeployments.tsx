/** The deployments of one build: polls the API while the page is visible, and announces changes. */

import * as React from 'react';
import { createClient, type DeploymentsClient } from '../../api/client.ts';
import type { BuildKey } from '../../api/keys.ts';
import type { CurrentBuild } from '../host/current-build.ts';
import type { HostPage } from '../host/handshake.ts';
import type { ServiceConnection } from '../service/ConnectedService.tsx';
import { strings } from '../strings.ts';
import { announcement } from './announcement.ts';
import { KnowledgePage } from './KnowledgePage.tsx';
import { LiveDeployments, type LiveState } from './live-deployments.ts';
import type { OtherBuildsOf } from './OtherBuilds.tsx';
import type { EntitiesOf } from './use-entities.ts';
import type { ViewOptions } from './view-options.ts';

interface BuildDeploymentsProps {
  readonly connection: ServiceConnection;
  readonly page: HostPage;
  readonly build: CurrentBuild;
  readonly options: ViewOptions;
  readonly onOptions: (options: ViewOptions) => void;
}

export function BuildDeployments(props: BuildDeploymentsProps): JSX.Element {
  const { connection, page, build } = props;
  const { anonymous } = connection;
  const client = React.useMemo(() => createClient(connection), [connection]);
  const key: BuildKey = React.useMemo(
    () => ({ organization: page.organization, project: page.projectId, buildId: build.id }),
    [page, build],
  );
  const { state, said, refresh } = useLive(client, key, anonymous);
  const otherBuildsOf = React.useMemo(() => rememberedBuilds(client, key), [client, key]);
  const entitiesOf = React.useMemo(() => entitiesFrom(client), [client]);
  return (
    <>
      <div className="for-screen-readers" role="status">
        {said}
      </div>
      <KnowledgePage
        knowledge={state.knowledge}
        anonymous={anonymous}
        refreshing={state.refreshing}
        options={props.options}
        onOptions={props.onOptions}
        onRefresh={refresh}
        otherBuildsOf={otherBuildsOf}
        entitiesOf={entitiesOf}
      />
    </>
  );
}

interface Live {
  readonly state: LiveState;
  /** For screen readers. */
  readonly said: string;
  readonly refresh: () => void;
}

function useLive(client: DeploymentsClient, build: BuildKey, anonymous: boolean): Live {
  const [state, setState] = React.useState<LiveState>({ knowledge: { kind: 'loading' }, refreshing: true });
  const [said, say] = React.useReducer(sayAgain, '');
  const live = React.useRef<LiveDeployments>();
  /** Whether the user started the current refresh, so that its result is announced even without changes. */
  const wanted = React.useRef(false);
  React.useEffect(() => {
    let before: LiveState['knowledge'] = { kind: 'loading' };
    const deployments = new LiveDeployments(client, build, (next) => {
      setState(next);
      if (next.refreshing) return;
      const words =
        announcement(before, next.knowledge, anonymous) || (wanted.current && strings.announce.unchanged);
      before = next.knowledge;
      wanted.current = false;
      if (words) say(words);
    });
    const onVisibility = () => deployments.setVisible(!document.hidden);
    document.addEventListener('visibilitychange', onVisibility);
    live.current = deployments;
    void deployments.refresh();
    onVisibility();
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      deployments.stop();
    };
  }, [client, build, anonymous]);
  const refresh = React.useCallback(() => {
    wanted.current = true;
    void live.current?.refresh();
  }, []);
  return { state, said, refresh };
}

/** Screen readers ignore a text that does not change, so an invisible character makes a repetition different. */
function sayAgain(said: string, words: string): string {
  return said === words ? `${words}\u00a0` : words;
}

/** As many as one answer has: what failed comes first, so the rest succeeded. */
const mostEntities = 5_000;

function entitiesFrom(client: DeploymentsClient): EntitiesOf {
  return ({ source, id }, previous, signal) =>
    client.getEntities({ source, id, top: mostEntities }, { previous, signal });
}

/** Remembers the builds of each deployment. Failures are not remembered. */
function rememberedBuilds(client: DeploymentsClient, shown: BuildKey): OtherBuildsOf {
  const answers = new Map<string, ReturnType<OtherBuildsOf>>();
  return (row) => {
    const known = answers.get(row.key);
    if (known) return known;
    const asked = client
      .getBuilds({ source: row.source, id: row.id })
      .then((answer) =>
        (answer.kind === 'found' ? answer.body.Builds : [])
          .filter((build) => build.Id !== String(shown.buildId))
          .map((build) => ({ id: build.Id, url: build.Url })),
      );
    answers.set(row.key, asked);
    asked.catch(() => answers.delete(row.key));
    return asked;
  };
}
