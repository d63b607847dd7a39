/** Rows of `BuildChange` and `BuildWorkItem`: what a build contains that the build before it did not. */
import type { BuildKey } from '../../api/keys.ts';
import type { TableRow } from './event-type.ts';
import { cleanText, longestText } from './fields.ts';

/** A build, with what its changes are found by. */
export interface BuildWithContents extends BuildKey {
  readonly pipelineId: number | undefined;
  readonly branch: string;
  readonly repositoryId: string;
}

/** A commit of a build. */
export interface BuildCommit {
  readonly id: string;
  readonly message: string;
  readonly author: string;
  /** ISO 8601; empty if unknown. */
  readonly time: string;
  /** Link to it; empty if unknown. */
  readonly url: string;
}

/** Azure DevOps names at most this many changes of a build. */
export const mostChanges = 200;

/** The rows of a build's commits, given newest first; one empty row where there are none, so that it is read once. */
export function buildChangeRows(
  build: BuildWithContents,
  commits: readonly BuildCommit[],
): TableRow<'BuildChange'>[] {
  const isWhole = commits.length < mostChanges;
  const rows = commits.map((commit, position) => ({
    ...columnsOf(build),
    RepositoryId: build.repositoryId,
    Position: position,
    CommitId: cleanText(commit.id.toLowerCase().slice(0, longestText)),
    Message: cleanText((commit.message.split('\n', 1)[0] ?? '').slice(0, longestText)),
    Author: cleanText(commit.author.slice(0, longestText)),
    CommitDate: commit.time === '' ? undefined : commit.time,
    Url: linkOrNothing(commit.url),
    IsWhole: isWhole,
  }));
  const none = { ...columnsOf(build), RepositoryId: build.repositoryId, CommitId: '', IsWhole: true };
  return (rows.length > 0 ? rows : [none]).map((row) => ({ table: 'BuildChange', row }));
}

/** The rows of a build's work items. */
export function buildWorkItemRows(
  build: BuildWithContents,
  workItems: readonly { readonly id: number; readonly url: string }[],
): TableRow<'BuildWorkItem'>[] {
  return workItems.map(({ id, url }) => ({
    table: 'BuildWorkItem',
    row: { ...columnsOf(build), WorkItemId: id, Url: linkOrNothing(url) },
  }));
}

function columnsOf({ organization, project, buildId, pipelineId, branch }: BuildWithContents) {
  return {
    OrganizationName: organization,
    ProjectId: project,
    BuildId: buildId,
    PipelineId: pipelineId,
    SourceBranch: branch,
  };
}

/** Links come from whoever wrote the commit; pages show them. */
function linkOrNothing(url: string): string {
  return /^https?:\/\/[^\s]+$/i.test(url) ? cleanText(url.slice(0, longestText)) : '';
}
