/**
 * Reads the changes and work items of completed builds into `BuildChange` and `BuildWorkItem`: commits, pull requests and
 * work items are found in environments by them.
 */
import type { BuildKey } from '../../api/keys.ts';
import type { AzureDevOps } from '../../azure-devops/client.ts';
import type { Change } from '../../azure-devops/records.ts';
import { buildsWithoutContents } from '../../kusto/client/functions.ts';
import type { Row } from '../../kusto/client/rows.ts';
import {
  type BuildCommit,
  type BuildWithContents,
  buildChangeRows,
  buildWorkItemRows,
} from '../events/build-contents.ts';
import type { ChangelogRow } from '../events/read-event.ts';
import { BuildReader, type BuildReaderOptions } from './build-reader.ts';

export class ContentsReader extends BuildReader {
  constructor(options: BuildReaderOptions) {
    super({ unread: buildsWithoutContents, rows: contentsOf }, options);
  }
}

async function contentsOf(devOps: AzureDevOps, key: BuildKey, row: Row): Promise<readonly ChangelogRow[]> {
  const build: BuildWithContents = {
    ...key,
    pipelineId: row.PipelineId === null ? undefined : Number(row.PipelineId),
    branch: String(row.SourceBranch),
    repositoryId: String(row.RepositoryId),
  };
  const { project, buildId } = key;
  const workItems = await devOps.workItems(project, buildId);
  const changes = await devOps.changes(project, buildId);
  return [
    // The changes come last, because a build that has some is not read again.
    ...buildWorkItemRows(
      build,
      workItems.map(({ id }) => ({
        id: Number(id),
        url: `${devOps.organization.url}/${project}/_workitems/edit/${id}`,
      })),
    ),
    ...buildChangeRows(build, changes.map(commitOf)),
  ];
}

function commitOf({ id, message, author, timestamp, displayUri }: Change): BuildCommit {
  return {
    id,
    message: message ?? '',
    author: author?.displayName ?? author?.uniqueName ?? '',
    time: timestamp ?? '',
    url: displayUri ?? '',
  };
}
