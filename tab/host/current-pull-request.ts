/** Which pull request the page shows. A tab of it is another frame for another pull request. */
import * as SDK from 'azure-devops-extension-sdk';

export interface CurrentPullRequest {
  readonly id: number;
  /** GUID; empty if the host does not name it. */
  readonly repositoryId: string;
}

/** The pull request of the page; undefined if the host names none. */
export async function readPullRequest(): Promise<CurrentPullRequest | undefined> {
  const { pullRequestId, repositoryId }: Record<string, unknown> = SDK.getConfiguration();
  const id = Number(pullRequestId);
  if (!Number.isSafeInteger(id) || id < 1) return undefined;
  return { id, repositoryId: typeof repositoryId === 'string' ? repositoryId : '' };
}
