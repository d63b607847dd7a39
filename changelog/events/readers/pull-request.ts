/** Reads merges of pull requests: the commits that tie a branch to what was merged, and who approved and merged it. */
import type { EventColumns, RowsOrMissing } from '../event-type.ts';
import { cleanText, type Fields } from '../fields.ts';
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
    OpenedDate: fields.time('resource.creationDate'),
    ClosedBy: fields.text('resource.closedBy.uniqueName', 'resource.closedBy.displayName'),
    ApprovedBy: approversIn(fields).join(', '),
  };
  return [{ table: 'PullRequestEvent', row }];
}

const mostApprovers = 20;
const longestName = 200;
/** Approved with suggestions; 10 is approved, and less than 0 is waiting or rejected. */
const leastApproval = 5;

/** The people who approved it; the vote of a team is that of a member who is named too. */
function approversIn(fields: Fields): string[] {
  return fields
    .objects('resource.reviewers')
    .filter(
      ({ vote, isContainer }) => typeof vote === 'number' && vote >= leastApproval && isContainer !== true,
    )
    .map(({ uniqueName, displayName }) => uniqueName || displayName)
    .filter((name) => typeof name === 'string' && name !== '')
    .map((name) => cleanText(String(name).slice(0, longestName)))
    .slice(0, mostApprovers);
}
