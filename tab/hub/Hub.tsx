/** The whole hub: connects to the host, reads the address, and shows the view that it names. */
import * as React from 'react';
import type { ClientOptions } from '../../api/client.ts';
import { createIntrospectionClient } from '../../api/introspection/client.ts';
import { MessagePage } from '../components/MessagePage.tsx';
import type { Host } from '../host/host.ts';
import type { Service } from '../host/service.ts';
import { ConnectedPage, type Start } from '../service/ConnectedPage.tsx';
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
      {(start) => <StartedHub host={host} start={start} />}
    </ConnectedPage>
  );
}

function StartedHub(props: { host: HubHost; start: Start<HubOptions> }): JSX.Element {
  const { host } = props;
  const { page, service, loaded } = props.start;
  const [options, setOptions] = useHubOptions(host, loaded);
  const client = React.useMemo(
    () => createIntrospectionClient(clientOptions(service, host)),
    [service, host],
  );
  const project = React.useMemo(() => ({ organization: page.organization, project: page.projectId }), [page]);
  if (!page.projectId) return <MessagePage tone="search" {...hubStrings.pages.noProject} />;
  return (
    <HubPage
      client={client}
      project={project}
      anonymous={service.trust !== 'packed'}
      serviceUrl={service.url}
      options={options}
      onOptions={setOptions}
    />
  );
}

/**
 * A token goes only to the URL in the package. Redirects are errors: they would lead the request, and in some browsers
 * the token, to an origin that nobody has confirmed.
 */
function clientOptions(service: Service, host: HubHost): ClientOptions {
  return {
    baseUrl: service.url,
    token: service.trust === 'packed' ? host.appToken : undefined,
    fetch: (input, init) =>
      fetch(input, { ...init, redirect: 'error', credentials: 'omit', referrerPolicy: 'no-referrer' }),
  };
}
