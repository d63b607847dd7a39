/** Addresses of the pages in Azure DevOps that rows point to. */
import type { BuildKey } from '../../api/keys.ts';
import type { ProjectKey } from './project-key.ts';

/** The page of a build, which is also the page of its run. */
export function buildUrl({ organization, project, buildId }: BuildKey): string {
  return `https://dev.azure.com/${organization}/${project}/_build/results?buildId=${buildId}`;
}

/** The page of a classic release. */
export function releaseUrl({ organization, project }: ProjectKey, releaseId: number): string {
  return `https://dev.azure.com/${organization}/${project}/_releaseProgress?releaseId=${releaseId}&_a=release-pipeline-progress`;
}
