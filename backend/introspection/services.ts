/** The services of a project. */
import type { Services } from '../../api/introspection/contract.ts';
import { readProjectKey } from '../../api/introspection/parameters.ts';
import type { ProjectKey } from '../../api/keys.ts';
import type { FunctionCall } from '../../kusto/client/function-call.ts';
import { getServices } from '../../kusto/client/functions.ts';
import type { Lookup } from '../lookups/lookup.ts';
import { findingsInAnyRow, projectNames, serviceOf, unknownProject } from './parts.ts';

export const servicesLookup: Lookup<ProjectKey, Services> = {
  name: 'services',
  warmUp: servicesCall({ organization: '-', project: '-' }),
  read: readProjectKey,
  cacheKey: ({ organization, project }) => `services ${organization}/${project}`,
  call: servicesCall,
  findingsIn: findingsInAnyRow,
  projectOf: (key) => key,
  result(key, findings) {
    if (findings.kind !== 'found') return unknownProject(key);
    return { kind: 'found', body: { ...projectNames(key), Services: findings.rows.map(serviceOf) } };
  },
};

/** Has rows for every project that is known. */
export function servicesCall({ organization, project }: ProjectKey): FunctionCall {
  return getServices.call({ AdoOrganizationName: organization, AdoProjectId: project });
}
