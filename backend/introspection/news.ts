/** What a placement brought that the one before it did not have. */
import type { News } from '../../api/introspection/contract.ts';
import { type NewsReading, readNewsQuery } from '../../api/introspection/parameters.ts';
import { getNews } from '../../kusto/client/functions.ts';
import { flagOf, textOf } from '../../kusto/client/rows.ts';
import type { Lookup } from '../lookups/lookup.ts';
import {
  commitOf,
  findingsInAnyRow,
  placementOf,
  projectNames,
  pullRequestOf,
  rowsOf,
  unknown,
  workItemOf,
} from './parts.ts';
import { newsIn, projectsOfNews } from './visible.ts';

export const newsLookup: Lookup<NewsReading, News> = {
  name: 'news',
  warmUp: callOf({
    organization: '-',
    project: '-',
    service: '-',
    environment: '-',
    source: 'expressv2',
    deploymentId: '-',
    since: undefined,
  }),
  read: readNewsQuery,
  cacheKey: ({ organization, project, service, environment, source, deploymentId, since }) =>
    `news ${JSON.stringify([organization, project, service, environment, source, deploymentId, since])}`,
  call: callOf,
  findingsIn: findingsInAnyRow,
  projectOf: (key) => key,
  partOf: newsIn,
  result(key, findings) {
    const { deploymentId, source, service, environment, since } = key;
    const [placed] = findings.kind === 'found' ? rowsOf(findings.rows, 'placement') : [];
    if (findings.kind !== 'found' || !placed) {
      const message = `There is no record of deployment ${deploymentId} of ${source} with service ${service} in environment ${environment}.`;
      return unknown('deploymentId', message);
    }
    const { rows } = findings;
    const [before] = rowsOf(rows, 'since');
    if (since !== undefined && !before) {
      const message = `since is not known; it must be the id of another deployment of service ${service}.`;
      return { kind: 'invalid', mistakes: [{ target: 'since', message }] };
    }
    const body: News = {
      ...projectNames(key),
      Placement: placementOf(placed),
      Since: before ? placementOf(before) : null,
      Direction: textOf(placed, 'Direction'),
      Commits: rowsOf(rows, 'commit').map(commitOf),
      PullRequests: rowsOf(rows, 'pullRequest').map(pullRequestOf),
      WorkItems: rowsOf(rows, 'workItem').map(workItemOf),
      AndMore: flagOf(placed, 'AndMore'),
    };
    return { kind: 'found', body, projects: projectsOfNews(body) };
  },
};

function callOf({ organization, project, service, environment, source, deploymentId, since }: NewsReading) {
  return getNews.call({
    AdoOrganizationName: organization,
    AdoProjectId: project,
    Service: service,
    Environment: environment,
    DeploymentSource: source,
    DeploymentId: deploymentId,
    SinceDeploymentId: since ?? '',
  });
}
