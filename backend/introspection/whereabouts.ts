/** How far a commit, a pull request or a work item has come: the chain of steps, and which environments hold it. */
import type { Presence, Whereabouts } from '../../api/introspection/contract.ts';
import {
  type CommitReading,
  type PullRequestReading,
  readCommitQuery,
  readPullRequestQuery,
  readWorkItemQuery,
  type WorkItemReading,
} from '../../api/introspection/parameters.ts';
import {
  findCommitsOfProjects,
  getCommitWhereabouts,
  getPullRequestWhereabouts,
  getWorkItemWhereabouts,
} from '../../kusto/client/functions.ts';
import { flagOf, type Row, textOf, textsOf } from '../../kusto/client/rows.ts';
import type { Lookup, LookupResult, View } from '../lookups/lookup.ts';
import {
  commitOf,
  findingsInAnyRow,
  placementOrNull,
  projectNames,
  pullRequestOf,
  rowsOf,
  stepOf,
  unknown,
  workItemOf,
} from './parts.ts';
import { projectsOf, projectsOfWhereabouts, whereaboutsIn } from './visible.ts';

/** Of SHA-1; a longer one is of SHA-256 and whole when it has 64. */
const wholeCommit = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const mostCandidates = 10;

export const commitLookup: Lookup<CommitReading, Whereabouts> = {
  name: 'commit',
  warmUp: callOfCommit({ organization: '-', project: undefined, commit: '0'.repeat(40) }),
  read: readCommitQuery,
  complete: completeCommit,
  cacheKey: ({ organization, project, commit }) =>
    `commit ${JSON.stringify([organization, project, commit])}`,
  call: callOfCommit,
  findingsIn: findingsInAnyRow,
  projectOf: ({ organization, project }) => (project === undefined ? undefined : { organization, project }),
  partOf: whereaboutsIn,
  result(key, findings) {
    const { organization, project, commit } = key;
    const place = project === undefined ? '' : ` project ${project} of`;
    if (findings.kind !== 'found')
      return unknown('id', `There is no record of commit ${commit} in${place} organization ${organization}.`);
    return found(key, findings.rows, textOf(findings.row, 'Id') || commit);
  },
};

export const pullRequestLookup: Lookup<PullRequestReading, Whereabouts> = {
  name: 'pullRequest',
  warmUp: callOfPullRequest({ organization: '-', project: '-', pullRequest: 1, repository: undefined }),
  read: readPullRequestQuery,
  cacheKey: ({ organization, project, pullRequest, repository }) =>
    `pullRequest ${JSON.stringify([organization, project, pullRequest, repository])}`,
  call: callOfPullRequest,
  findingsIn: findingsInAnyRow,
  projectOf: (key) => key,
  partOf: whereaboutsIn,
  result(key, findings) {
    const { organization, project, pullRequest } = key;
    if (findings.kind !== 'found')
      return unknown(
        'id',
        `There is no record of pull request ${pullRequest} in project ${project} of organization ${organization}.`,
      );
    const subjects = rowsOf(findings.rows, 'subject');
    if (subjects.length > 1) return severalRepositories(pullRequest, subjects);
    return found(key, findings.rows, `!${pullRequest}`);
  },
};

export const workItemLookup: Lookup<WorkItemReading, Whereabouts> = {
  name: 'workItem',
  warmUp: callOfWorkItem({ organization: '-', project: '-', workItem: 1 }),
  read: readWorkItemQuery,
  cacheKey: ({ organization, project, workItem }) =>
    `workItem ${JSON.stringify([organization, project, workItem])}`,
  call: callOfWorkItem,
  findingsIn: findingsInAnyRow,
  projectOf: (key) => key,
  partOf: whereaboutsIn,
  result(key, findings) {
    const { organization, project, workItem } = key;
    if (findings.kind !== 'found')
      return unknown(
        'id',
        `There is no record of work item ${workItem} in project ${project} of organization ${organization}.`,
      );
    return found(key, findings.rows, `#${workItem}`);
  },
};

/** The whole id for its beginning, if only one commit that the caller may see begins with it. */
async function completeCommit(key: CommitReading, { query, visible }: View) {
  const { organization, project, commit } = key;
  if (wholeCommit.test(commit)) return { ok: true, values: key } as const;
  const rows = await query(
    findCommitsOfProjects.call({
      AdoOrganizationName: organization,
      AdoProjectId: project ?? '',
      CommitPrefix: commit,
    }),
  );
  const projects = projectsOf(
    organization,
    rows.map((row) => textOf(row, 'ProjectId')),
  );
  const isVisible = await visible(projects, `commit ${organization}/${commit}`);
  const seen = rows.filter((row) => isVisible({ organization, project: textOf(row, 'ProjectId') }));
  const [only, ...others] = new Set(seen.map((row) => textOf(row, 'Commit')));
  if (others.length === 0) return { ok: true, values: { ...key, commit: only ?? commit } } as const;
  const candidates = [only, ...others].slice(0, mostCandidates).join(', ');
  const more = others.length >= mostCandidates ? ' and more' : '';
  const message = `id begins several commits: ${candidates}${more}; it must be one of them, or more of its digits.`;
  return { ok: false, mistakes: [{ target: 'id', message }] } as const;
}

function severalRepositories(pullRequest: number, subjects: readonly Row[]): LookupResult<never> {
  const repositories = subjects.map((row) => `${textOf(row, 'Repository')} (${textOf(row, 'RepositoryId')})`);
  const message = `repositoryId is missing; several repositories have a pull request ${pullRequest}: ${repositories.join(', ')}.`;
  return { kind: 'invalid', mistakes: [{ target: 'repositoryId', message }] };
}

function found(
  key: { readonly organization: string; readonly project: string | undefined },
  rows: readonly Row[],
  subject: string,
): LookupResult<Whereabouts> {
  const body: Whereabouts = {
    ...projectNames(key),
    Subject: subject,
    Commits: rowsOf(rows, 'commit').map(commitOf),
    PullRequests: rowsOf(rows, 'pullRequest').map(pullRequestOf),
    WorkItems: rowsOf(rows, 'workItem').map(workItemOf),
    Environments: rowsOf(rows, 'presence').map(presenceOf),
    Steps: rowsOf(rows, 'step').map(stepOf),
    AndMore: rowsOf(rows, 'subject').some((row) => flagOf(row, 'AndMore')),
  };
  return { kind: 'found', body, projects: projectsOfSubjects(key.organization, rows, body) };
}

/** What is known of a subject without any step belongs to the projects of its subject rows. */
function projectsOfSubjects(organization: string, rows: readonly Row[], body: Whereabouts) {
  const subjects = projectsOf(
    organization,
    rowsOf(rows, 'subject').map((row) => textOf(row, 'ProjectId')),
  );
  return projectsOf(
    organization,
    [...projectsOfWhereabouts(body), ...subjects].map(({ project }) => project),
  );
}

function presenceOf(row: Row): Presence {
  return {
    ProjectId: textOf(row, 'ProjectId'),
    Service: textOf(row, 'Service'),
    Environment: textOf(row, 'Environment'),
    Presence: textOf(row, 'Presence'),
    Placement: placementOrNull(row),
    Missing: textsOf(row, 'Missing'),
  };
}

function callOfCommit({ organization, project, commit }: CommitReading) {
  return getCommitWhereabouts.call({
    AdoOrganizationName: organization,
    AdoProjectId: project ?? '',
    Commit: commit,
  });
}

function callOfPullRequest({ organization, project, pullRequest, repository }: PullRequestReading) {
  return getPullRequestWhereabouts.call({
    AdoOrganizationName: organization,
    AdoProjectId: project,
    RepositoryId: repository ?? '',
    PullRequestId: pullRequest,
  });
}

function callOfWorkItem({ organization, project, workItem }: WorkItemReading) {
  return getWorkItemWhereabouts.call({
    AdoOrganizationName: organization,
    AdoProjectId: project,
    WorkItemId: workItem,
  });
}
