/** Rows of `BuildArtifact`. Build events carry one, and the artifact reader writes the others. */
import type { BuildKey } from '../../api/keys.ts';
import type { TableRow } from './event-type.ts';
import { cleanText, longestText } from './fields.ts';

/** The artifact under which a build's drop location is kept. The mappings of AzDeployer and Pilotfish read it. */
export const dropArtifactName = 'BuildDropLocation';

/** The row of one artifact: its name, and where it is. */
export function buildArtifactRow(
  { organization, project, buildId }: BuildKey,
  name: string,
  location: string,
): TableRow<'BuildArtifact'> {
  const row = {
    OrganizationName: organization,
    ProjectId: project,
    BuildId: buildId,
    BuildArtifactName: cleanText(name.slice(0, longestText)),
    ResourceData: cleanText(location.slice(0, longestText)),
  };
  return { table: 'BuildArtifact', row };
}

/** Whether an artifact is on a file share, such as `\\server\drops\1.0.0.1`. */
export function isShare(location: string): boolean {
  return location.startsWith('\\\\');
}
