/** One build's deployments: asks the API while the page is visible, keeps the address, announces changes. */
import * as React from 'react';
import { type BuildKey, createClient, type DeploymentsClient } from '../../api/client.ts';
import type { HostPage } from '../host/connection.ts';
import type { CurrentBuild } from '../host/current-build.ts';
import type { Host } from '../host/host.ts';
import type { Settings } from '../host/settings.ts';
import { announcement } from './announcement.ts';
import { KnowledgePage } from './KnowledgePage.tsx';
import { LiveDeployments, type LiveState } from './live-deployments.ts';
import type { OtherBuildsOf } from './OtherBuilds.tsx';
import { toAddress, type ViewOptions } from './view-options.ts';

interface BuildDeploymentsProps {
  readonly host: Host;
  readonly page: HostPage;
  readonly settings: Settings;
  readonly build: CurrentBuild;
  /** What the address asked for when the page was opened. */
  readonly options: ViewOptions;
}

export function BuildDeployments(props: BuildDeploymentsProps): JSX.Element {
  const { host, page, settings, build } = props;
  const client = React.useMemo(
    () => createClient({ baseUrl: settings.serviceUrl, token: host.appToken }),
    [settings, host],
  );
  const key: BuildKey = React.useMemo(
    () => ({ organization: page.organization, projectId: page.projectId, buildId: build.id }),
    [page, build],
  );
  const { state, said, refresh } = useLive(client, key);
  const otherBuildsOf = React.useMemo(() => rememberedBuilds(client, key), [client, key]);
  const [options, setOptions] = React.useState(props.options);
  useAddress(host, options);
  return (
    <>
      <div className="for-screen-readers" role="status">
        {said}
      </div>
      <KnowledgePage
        knowledge={state.knowledge}
        refreshing={state.refreshing}
        options={options}
        onOptions={setOptions}
        onRefresh={refresh}
        otherBuildsOf={otherBuildsOf}
      />
    </>
  );
}

interface Live {
  readonly state: LiveState;
  /** What a screen reader says. */
  readonly said: string;
  readonly refresh: () => void;
}

function useLive(client: DeploymentsClient, build: BuildKey): Live {
  const [state, setState] = React.useState<LiveState>({ knowledge: { kind: 'loading' }, refreshing: true });
  const [said, setSaid] = React.useState('');
  const live = React.useRef<LiveDeployments>();
  React.useEffect(() => {
    let before: LiveState['knowledge'] = { kind: 'loading' };
    const deployments = new LiveDeployments(client, build, (next) => {
      const words = announcement(before, next.knowledge);
      before = next.knowledge;
      if (words) setSaid(words);
      setState(next);
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
  }, [client, build]);
  const refresh = React.useCallback(() => void live.current?.refresh(), []);
  return { state, said, refresh };
}

/** Asks for the builds of a deployment at most once while it is answered; a failure is asked again. */
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

/** Writes what the reader chose into the address, a moment after the last change. */
function useAddress(host: Host, options: ViewOptions): void {
  const written = React.useRef(JSON.stringify(toAddress(options)));
  React.useEffect(() => {
    const parameters = toAddress(options);
    const text = JSON.stringify(parameters);
    if (text === written.current) return undefined;
    const timer = setTimeout(() => {
      written.current = text;
      host.writeAddress(parameters).catch(() => undefined);
    }, 300);
    return () => clearTimeout(timer);
  }, [host, options]);
}
