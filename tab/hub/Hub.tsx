/** The whole hub: connects to the host, reads the address, and shows the view that it names. */
import * as React from 'react';
import { createIntrospectionClient } from '../../api/introspection/client.ts';
import { MessagePage } from '../components/MessagePage.tsx';
import type { Host } from '../host/host.ts';
import { ConnectedPage, type Start } from '../service/ConnectedPage.tsx';
import type { ServiceConnection } from '../service/ConnectedService.tsx';
import { HubPage } from './HubPage.tsx';
import { fromAddress, type HubOptions } from './hub-options.ts';
import { hubStrings } from './strings.ts';
import { useHubOptions } from './use-hub-options.ts';

/** What the hub needs from Azure DevOps. */
export type HubHost = Omit<Host, 'watchBuild'>;

export function Hub(props: { host: HubHost }): JSX.Element {
  const { host } = props;
  const load = React.useCallback(() => host.readAddress().then(fromAddress, () => fromAddress({})), [host]);
  return (
    <ConnectedPage host={host} load={load}>
      {(start, connection) => <StartedHub host={host} start={start} connection={connection} />}
    </ConnectedPage>
  );
}

function StartedHub(props: {
  host: HubHost;
  start: Start<HubOptions>;
  connection: ServiceConnection;
}): JSX.Element {
  const { host, connection } = props;
  const { page, service, loaded } = props.start;
  const [options, setOptions] = useHubOptions(host, loaded);
  const client = React.useMemo(() => createIntrospectionClient(connection), [connection]);
  const project = React.useMemo(() => ({ organization: page.organization, project: page.projectId }), [page]);
  if (!page.projectId) return <MessagePage tone="search" {...hubStrings.pages.noProject} />;
  return (
    <HubPage
      client={client}
      project={project}
      anonymous={connection.anonymous}
      serviceUrl={service.url}
      options={options}
      onOptions={setOptions}
    />
  );
}
