/** Addresses of the pages in Azure DevOps that rows point to. */
import { isCloud } from '../../azure-devops/address.ts';
import type { EventProject } from './project-key.ts';

/** The page of a build, which is also the page of its run. */
export function buildUrl({ collectionUrl, project }: EventProject, buildId: number): string {
  return `${collectionUrl}/${project}/_build/results?buildId=${buildId}`;
}

/** The page of a classic release. */
export function releaseUrl({ collectionUrl, project }: EventProject, releaseId: number): string {
  // All versions of Azure DevOps Server have this page, and the newer ones lead on to the other.
  const page = isCloud(new URL(collectionUrl))
    ? `_releaseProgress?releaseId=${releaseId}&_a=release-pipeline-progress`
    : `_release?releaseId=${releaseId}&_a=release-summary`;
  return `${collectionUrl}/${project}/${page}`;
}
