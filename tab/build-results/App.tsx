/**
 * The whole tab: waits for the service and a build, and shows the deployments of the build. It sends no request before
 * both are known. Another build gets a new page, so that no state of the old one stays.
 */
import * as React from 'react';
import { LoadingPage } from '../components/LoadingPage.tsx';
import { MessagePage } from '../components/MessagePage.tsx';
import type { CurrentBuild } from '../host/current-build.ts';
import type { HostPage } from '../host/handshake.ts';
import type { Host } from '../host/host.ts';
import { ConnectedPage } from '../service/ConnectedPage.tsx';
import type { ServiceConnection } from '../service/ConnectedService.tsx';
import { strings } from '../strings.ts';
import { BuildDeployments } from './BuildDeployments.tsx';
import { useViewOptions } from './use-view-options.ts';
import { fromAddress, type ViewOptions } from './view-options.ts';

export function App({ host }: { host: Host }): JSX.Element {
  const [build, setBuild] = React.useState<CurrentBuild | null>();
  const load = React.useCallback(async (): Promise<ViewOptions> => {
    const [address] = await Promise.all([
      host.readAddress().catch(() => ({})),
      host.watchBuild((opened) => setBuild(opened ?? null)),
    ]);
    return fromAddress(address);
  }, [host]);
  return (
    <ConnectedPage host={host} load={load}>
      {({ page, loaded }, connection) => (
        <StartedPage host={host} page={page} initial={loaded} build={build} connection={connection} />
      )}
    </ConnectedPage>
  );
}

/** The view options stay when the build changes, because they are in the address. */
function StartedPage(props: {
  host: Host;
  page: HostPage;
  /** From the query parameters of the page. */
  initial: ViewOptions;
  build: CurrentBuild | null | undefined;
  connection: ServiceConnection;
}): JSX.Element {
  const { host, page, build, connection } = props;
  const [options, setOptions] = useViewOptions(host, props.initial);
  if (build === undefined) return <LoadingPage />;
  if (build === null) return <MessagePage tone="search" {...strings.pages.noBuild} />;
  return (
    <BuildDeployments
      key={build.id}
      connection={connection}
      page={page}
      build={build}
      options={options}
      onOptions={setOptions}
    />
  );
}
