/** Reads merged pull requests: the commits that tie a branch to what was merged. */
import type { EventColumns, RowsOrMissing } from '../event-type.ts';
import type { Fields } from '../fields.ts';
import type { EventProject } from '../project-key.ts';

/** Reads `git.pullrequest.merged`. */
export function readPullRequest(
  fields: Fields,
  _project: EventProject,
  columns: EventColumns,
): RowsOrMissing<'PullRequestEvent'> {
  const id = fields.id('resource.pullRequestId');
  const repositoryId = fields.text('resource.repository.id').toLowerCase();
  if (!id) return { missing: 'no field holds the id of the pull request' };
  if (repositoryId === '') return { missing: 'no field holds the id of the repository' };
  const row = {
    ...columns,
    RepositoryId: repositoryId,
    RepositoryName: fields.text('resource.repository.name'),
    PullRequestId: id,
    Title: fields.text('resource.title'),
    State: fields.text('resource.status'),
    MergeStatus: fields.text('resource.mergeStatus'),
    SourceRefName: fields.text('resource.sourceRefName'),
    TargetRefName: fields.text('resource.targetRefName'),
    SourceCommit: fields.text('resource.lastMergeSourceCommit.commitId'),
    TargetCommit: fields.text('resource.lastMergeTargetCommit.commitId'),
    MergeCommit: fields.text('resource.lastMergeCommit.commitId'),
    CreatedBy: fields.text('resource.createdBy.uniqueName', 'resource.createdBy.displayName'),
    ClosedDate: fields.time('resource.closedDate'),
  };
  return [{ table: 'PullRequestEvent', row }];
}
