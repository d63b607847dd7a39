/** Reads pushes: the branches that moved and the commits that came with them. */
import { isJsonObject } from '../decode.ts';
import type { EventColumns, RowsOrMissing } from '../event-type.ts';
import { cleanText, type Fields, longestText } from '../fields.ts';
import type { EventProject } from '../project-key.ts';

const mostCommits = 200;
const longestComment = 2_000;

/** Reads `git.push`. */
export function readPush(
  fields: Fields,
  _project: EventProject,
  columns: EventColumns,
): RowsOrMissing<'PushEvent'> {
  const repositoryId = fields.text('resource.repository.id').toLowerCase();
  if (repositoryId === '') return { missing: 'no field holds the id of the repository' };
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
    RefUpdates: refUpdates.map(({ name, oldObjectId, newObjectId }) => ({
      name: textIn(name),
      oldObjectId: textIn(oldObjectId),
      newObjectId: textIn(newObjectId),
    })),
    Commits: commits.map((commit) => ({
      Id: textIn(commit.commitId),
      Comment: textIn(commit.comment, longestComment),
      Author: isJsonObject(commit.author) ? textIn(commit.author.email) : '',
    })),
  };
  return [{ table: 'PushEvent', row }];
}

function textIn(value: unknown, longest = longestText): string {
  return typeof value === 'string' ? cleanText(value.slice(0, longest)) : '';
}
