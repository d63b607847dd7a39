/**
 * Finds out which stages deploy to which environment, without changes to their YAML. A deployment job leaves a record
 * in the history of its environment when it is queued, and the record names run and stage. The records of one run
 * cannot be requested, so the histories of all environments of a project are read, newest first, back to a time.
 */

import type { ProjectKey } from '../../api/keys.ts';
import type { AzureDevOps } from '../../azure-devops/client.ts';
import type { EnvironmentDeployment, EnvironmentRecord } from '../../azure-devops/records.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { environmentsOfStages } from '../../kusto/client/functions.ts';
import { type StageEnvironment, stageEnvironmentRow } from '../events/stage-environment.ts';
import type { RowWriter } from '../store/row-writer.ts';

export interface StageEnvironmentOptions {
  readonly devOps: AzureDevOps;
  readonly database: KustoClient;
  readonly writer: RowWriter;
}

/** A deployment job in the history of its environment. */
interface StageDeployment extends StageEnvironment {
  readonly queueTime: string;
}

/** A stage that the changelog knows, and one of its environments; empty if none is known. */
interface KnownStage {
  readonly runId: number;
  readonly name: string;
  readonly displayName: string;
  readonly environment: string;
}

/** The most runs whose stages are read with one query. */
const runsAtATime = 500;

/**
 * Writes the unknown environments of a project's stages into `StageEnvironment`; resolves when they are committed.
 *
 * @param since deployment jobs that were queued earlier are ignored (Unix milliseconds)
 * @returns how many were written
 * @throws AzureDevOpsError if the service refuses or is unavailable
 */
export async function readStageEnvironments(
  { devOps, database, writer }: StageEnvironmentOptions,
  projectId: string,
  since: number,
): Promise<number> {
  const key = { organization: devOps.organization.name.toLowerCase(), project: projectId.toLowerCase() };
  const deployments: StageDeployment[] = [];
  for await (const environments of devOps.environments(projectId)) {
    for (const environment of environments) {
      deployments.push(...(await deploymentsTo(devOps, projectId, environment, since)));
    }
  }
  const runIds = [...new Set(deployments.map(({ runId }) => runId))];
  const known = await knownStages(database, key, runIds);
  const rows = missingEnvironments(deployments, known).map((deployment) =>
    stageEnvironmentRow(key, deployment, deployment.queueTime),
  );
  await writer.write(rows);
  return rows.length;
}

async function deploymentsTo(
  devOps: AzureDevOps,
  projectId: string,
  { id, name }: EnvironmentRecord,
  since: number,
): Promise<StageDeployment[]> {
  const found: StageDeployment[] = [];
  for await (const page of devOps.environmentDeployments(projectId, id)) {
    const recent = page.filter((deployment) => !(Date.parse(queueTimeOf(deployment)) < since));
    for (const deployment of recent) {
      const { owner, stageName } = deployment;
      if (!owner || !stageName) continue;
      const queueTime = queueTimeOf(deployment);
      found.push({ runId: owner.id, stageName, environment: name, queueTime });
    }
    if (recent.length < page.length) break;
  }
  return found;
}

function queueTimeOf({ queueTime, startTime }: EnvironmentDeployment): string {
  return queueTime ?? startTime ?? '';
}

async function knownStages(
  database: KustoClient,
  { organization, project }: ProjectKey,
  runIds: readonly number[],
): Promise<KnownStage[]> {
  const known: KnownStage[] = [];
  for (let start = 0; start < runIds.length; start += runsAtATime) {
    const rows = await callFunction(database, environmentsOfStages, {
      AdoOrganizationName: organization,
      AdoProjectId: project,
      RunIds: runIds.slice(start, start + runsAtATime),
    });
    for (const row of rows) {
      known.push({
        runId: Number(row.RunId),
        name: String(row.StageName),
        displayName: String(row.StageDisplayName),
        environment: String(row.EnvironmentName),
      });
    }
  }
  return known;
}

/** The deployments to environments that their stages are not known to have, each once, by the stage's name. */
export function missingEnvironments(
  deployments: readonly StageDeployment[],
  known: readonly KnownStage[],
): StageDeployment[] {
  const stagesOfRun = new Map<number, KnownStage[]>();
  for (const stage of known) {
    stagesOfRun.set(stage.runId, [...(stagesOfRun.get(stage.runId) ?? []), stage]);
  }
  const missing = new Map<string, StageDeployment>();
  for (const deployment of deployments) {
    const stages = stagesOfRun.get(deployment.runId) ?? [];
    // A record has one of a stage's two names. Which one is not documented.
    const stage =
      stages.find(({ name }) => name === deployment.stageName) ??
      stages.find(({ displayName }) => displayName === deployment.stageName);
    const stageName = stage?.name ?? deployment.stageName;
    const { runId, environment } = deployment;
    if (stages.some((one) => one.name === stageName && one.environment === environment)) continue;
    missing.set(JSON.stringify([runId, stageName, environment]), { ...deployment, stageName });
  }
  return [...missing.values()];
}
