/**
 * Reads the artifacts of completed builds into `BuildArtifact`. The mappings of AzDeployer and Pilotfish find builds by
 * their drop locations. A build without artifacts gets one empty row.
 */
import type { BuildKey } from '../../api/keys.ts';
import type { Artifact } from '../../azure-devops/records.ts';
import { buildsWithoutArtifacts } from '../../kusto/client/functions.ts';
import { buildArtifactRow, dropArtifactName, isShare } from '../events/build-artifact.ts';
import type { ChangelogRow } from '../events/read-event.ts';
import { BuildReader, type BuildReaderOptions } from './build-reader.ts';

export type ArtifactReaderOptions = BuildReaderOptions;

export class ArtifactReader extends BuildReader {
  constructor(options: ArtifactReaderOptions) {
    super(
      {
        unread: buildsWithoutArtifacts,
        rows: async (devOps, build) =>
          artifactRows(build, await devOps.artifacts(build.project, build.buildId)),
      },
      options,
    );
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
