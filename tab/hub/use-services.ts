/** The names of the services and environments of a project, for choices. Without them, a choice offers nothing more. */
import * as React from 'react';
import type { IntrospectionClient } from '../../api/introspection/client.ts';
import type { ProjectKey } from '../../api/keys.ts';

export interface KnownNames {
  readonly services: readonly string[];
  readonly environments: readonly string[];
}

const none: KnownNames = { services: [], environments: [] };

/** The names, which are loaded once. */
export function useServices(client: IntrospectionClient, project: ProjectKey): KnownNames {
  const [names, setNames] = React.useState(none);
  React.useEffect(() => {
    const request = new AbortController();
    const { signal } = request;
    Promise.all([
      client.getServices(project, { signal }),
      client.getEnvironments({ ...project, top: 1 }, { signal }),
    ]).then(
      ([services, environments]) => {
        if (signal.aborted) return;
        setNames({
          services: services.kind === 'found' ? services.body.Services.map(({ Name }) => Name) : [],
          environments:
            environments.kind === 'found' ? environments.body.Environments.map(({ Name }) => Name) : [],
        });
      },
      () => undefined,
    );
    return () => request.abort();
  }, [client, project]);
  return names;
}
