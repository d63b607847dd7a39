/** What programs may see: what the clients file grants to them, or all with an application role. */
import { type ProjectKey, projectIdOf } from '../../api/keys.ts';
import type { ServiceCaller } from '../auth/caller.ts';
import type { Client, Clients } from '../auth/clients-file.ts';
import { type AskedProjects, projectsIn, type Sight, seesAll } from './rights.ts';

/** The application role that may see everything. */
export const readAllRole = 'Deployments.Read.All';

/** The application role that may know how many builds are left out of an answer. It is no grant. */
export const countHiddenRole = 'Deployments.Hidden.Count';

/** Whether a program has a grant at all. */
export function hasGrant({ client, roles }: ServiceCaller, clients: Clients): boolean {
  return roles.includes(readAllRole) || (clients.byName.get(client)?.grants.size ?? 0) > 0;
}

/** What a program may see. What belongs to no project is shown to every program with a grant. */
export function sightOfService(service: ServiceCaller, asked: AskedProjects, clients: Clients): Sight {
  if (service.roles.includes(readAllRole)) return seesAll;
  const client = clients.byName.get(service.client);
  const sees = (project: ProjectKey): boolean => client !== undefined && isGranted(client, project);
  return projectsIn(asked).every(sees)
    ? seesAll
    : { kind: 'some', sees, mayCount: service.roles.includes(countHiddenRole) };
}

/** Whether a program may edit the settings of a project: only the clients file says so. */
export function mayServiceEdit({ client }: ServiceCaller, project: ProjectKey, clients: Clients): boolean {
  const settings = clients.byName.get(client)?.settings;
  return settings?.has(project.organization.toLowerCase()) || settings?.has(projectIdOf(project)) || false;
}

function isGranted({ grants }: Client, project: ProjectKey): boolean {
  return grants.has(project.organization.toLowerCase()) || grants.has(projectIdOf(project));
}
