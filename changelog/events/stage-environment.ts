/** Rows of `StageEnvironment`. Approvals name an environment, and the environment reader finds the others. */

import type { ProjectKey } from '../../api/keys.ts';
import type { TableRow } from './event-type.ts';
import { cleanText, longestNameInId } from './fields.ts';

/** A stage of a run and an environment that it deploys to. */
export interface StageEnvironment {
  readonly runId: number;
  readonly stageName: string;
  readonly environment: string;
}

/**
 * The row that makes a stage a deployment.
 *
 * @param createdDate when this became known, ISO 8601 in UTC
 */
export function stageEnvironmentRow(
  { organization, project }: ProjectKey,
  { runId, stageName, environment }: StageEnvironment,
  createdDate: string,
): TableRow<'StageEnvironment'> {
  const row = {
    CreatedDate: createdDate,
    OrganizationName: organization,
    ProjectId: project,
    RunId: runId,
    StageName: cleanText(stageName.slice(0, longestNameInId)),
    EnvironmentName: cleanText(environment.slice(0, longestNameInId)),
  };
  return { table: 'StageEnvironment', row };
}
