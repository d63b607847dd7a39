/**
 * Reads the artifacts of completed builds into `BuildArtifact`, if Azure DevOps permits it. The mappings of AzDeployer
 * and Pilotfish find builds by their drop locations. Kusto says which builds remain to be read, so a crash loses none
 * of them; a build without artifacts gets one empty row.
 */
import type { BuildKey } from '../../api/keys.ts';
import type { AzureDevOps } from '../../azure-devops/client.ts';
import { isRefusal } from '../../azure-devops/error.ts';
import type { Artifact } from '../../azure-devops/records.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { buildsWithoutArtifacts } from '../../kusto/client/functions.ts';
import { buildArtifactRow, dropArtifactName, isShare } from '../events/build-artifact.ts';
import type { ChangelogRow } from '../events/read-event.ts';
import type { RowWriter } from '../store/row-writer.ts';

export interface ArtifactReaderOptions {
  readonly database: KustoClient;
  readonly writer: RowWriter;
  /** The client of an organization. */
  readonly clientOf: (organization: string) => AzureDevOps;
  readonly onFailure?: (build: BuildKey, error: unknown) => void;
}

export class ArtifactReader {
  readonly #options: ArtifactReaderOptions;
  /** Builds whose artifacts must not be read; they are tried again after a restart. */
  readonly #refused = new Set<string>();

  constructor(options: ArtifactReaderOptions) {
    this.#options = options;
  }

  /** Reads the artifacts of all builds of the last day that have not been read. @returns how many builds were read */
  async readAll(): Promise<number> {
    const rows = await callFunction(this.#options.database, buildsWithoutArtifacts, {});
    let read = 0;
    for (const row of rows) {
      const build = {
        organization: String(row.OrganizationName),
        project: String(row.ProjectId),
        buildId: Number(row.BuildId),
      };
      if (await this.#read(build)) read++;
    }
    return read;
  }

  async #read(build: BuildKey): Promise<boolean> {
    const key = `${build.organization}/${build.project}/${build.buildId}`;
    if (this.#refused.has(key)) return false;
    try {
      const artifacts = await this.#options
        .clientOf(build.organization)
        .artifacts(build.project, build.buildId);
      await this.#options.writer.write(artifactRows(build, artifacts));
      return true;
    } catch (error) {
      if (isRefusal(error)) this.#refused.add(key);
      this.#options.onFailure?.(build, error);
      return false;
    }
  }
}

/** The rows of a build's artifacts: each under its own name, and one on a share as the drop location too. */
export function artifactRows(build: BuildKey, artifacts: readonly Artifact[]): ChangelogRow[] {
  const rows = artifacts.flatMap(({ name, resource }) => {
    const location = resource.data ?? '';
    const row = buildArtifactRow(build, name, location);
    const isDrop = isShare(location) && name !== dropArtifactName;
    return isDrop ? [row, buildArtifactRow(build, dropArtifactName, location)] : [row];
  });
  return rows.length > 0 ? rows : [buildArtifactRow(build, '', '')];
}
