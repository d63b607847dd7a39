/**
 * Rows of pushes and merged pull requests: what ties commits to each other and to the runs that made them.
 */
import { isJsonObject } from './decode.ts';
import { cleanText, type Fields } from './fields.ts';
import type { Place } from './place.ts';
import type { EventColumns, RowsOrMissing } from './table-rows.ts';

const mostCommits = 200;

/** One row for a push, with its commits and the branches it moved. */
export function pushRows(fields: Fields, _place: Place, columns: EventColumns): RowsOrMissing {
  const repositoryId = fields.text('resource.repository.id').toLowerCase();
  if (repositoryId === '') return { missing: 'nothing names the id of the repository' };
  const commits = fields.objects('resource.commits').slice(0, mostCommits);
  const refUpdates = fields.objects('resource.refUpdates').slice(0, mostCommits);
  const [main] = refUpdates;
  const row = {
    ...columns,
    RepositoryId: repositoryId,
    RepositoryName: fields.text('resource.repository.name'),
    PushId: fields.integer('resource.pushId'),
    PushedDate: fields.time('resource.date'),
    PushedBy: fields.text('resource.pushedBy.uniqueName', 'resource.pushedBy.displayName'),
    PushedById: fields.text('resource.pushedBy.id').toLowerCase(),
    RefName: textIn(main?.name),
    OldCommit: textIn(main?.oldObjectId),
    NewCommit: textIn(main?.newObjectId),
    RefUpdates: refUpdates,
    Commits: commits.map((commit) => ({
      Id: textIn(commit.commitId),
      Comment: textIn(commit.comment).slice(0, 2_000),
      Author: isJsonObject(commit.author) ? textIn(commit.author.email) : '',
    })),
  };
  return [{ table: 'PushEvent', row }];
}

/** One row for a pull request, with the commits that its merge joined. */
export function pullRequestRows(fields: Fields, _place: Place, columns: EventColumns): RowsOrMissing {
  const id = fields.integer('resource.pullRequestId');
  const repositoryId = fields.text('resource.repository.id').toLowerCase();
  if (!id) return { missing: 'nothing names the id of the pull request' };
  if (repositoryId === '') return { missing: 'nothing names the id of the repository' };
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

function textIn(value: unknown): string {
  return typeof value === 'string' ? cleanText(value.slice(0, 8_192)) : '';
}
