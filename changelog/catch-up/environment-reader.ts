/**
 * Reads the environments of stages that have been running, so that stages that deploy to one become deployments
 * whatever their name. Kusto says which stages remain, so a crash loses none of them. A stage is looked up once after
 * each of its events, and regularly while it runs, because a later job may be the one that deploys.
 */

import type { ProjectKey } from '../../api/keys.ts';
import type { AzureDevOps } from '../../azure-devops/client.ts';
import { isRefusal } from '../../azure-devops/error.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { stagesWithoutEnvironment } from '../../kusto/client/functions.ts';
import type { Row } from '../../kusto/client/rows.ts';
import type { RowWriter } from '../store/row-writer.ts';
import { readStageEnvironments } from './stage-environments.ts';

export interface EnvironmentReaderOptions {
  readonly database: KustoClient;
  readonly writer: RowWriter;
  /** The client of an organization. */
  readonly clientOf: (organization: string) => AzureDevOps;
  readonly onFailure?: (project: ProjectKey, error: unknown) => void;
  readonly now?: () => number;
}

/** An attempt of a stage whose environment is unknown. */
interface OpenStage extends ProjectKey {
  /** Changes with each event of the stage. */
  readonly key: string;
  readonly isOver: boolean;
  readonly activeSince: number;
}

/** How long after a lookup a running stage is looked up again. */
const runningPauseMs = 10 * 60_000;
/** A job can be queued a little before its stage is reported as running, and clocks differ. */
const marginMs = 10 * 60_000;

export class EnvironmentReader {
  readonly #options: EnvironmentReaderOptions;
  readonly #now: () => number;
  /** When each open stage was last looked up. */
  readonly #lookedUp = new Map<string, number>();
  /** Projects whose environments must not be read; they are tried again after a restart. */
  readonly #refused = new Set<string>();

  constructor(options: EnvironmentReaderOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Looks up the stages of the last day that are due. @returns how many environments were found */
  async readAll(): Promise<number> {
    const open = (await callFunction(this.#options.database, stagesWithoutEnvironment, {})).map(openStageOf);
    this.#forgetAllBut(open);
    let found = 0;
    for (const stages of byProject(open.filter((stage) => this.#isDue(stage)))) {
      found += await this.#read(stages);
    }
    return found;
  }

  #isDue({ key, isOver, organization, project }: OpenStage): boolean {
    if (this.#refused.has(`${organization}/${project}`)) return false;
    const lookedUp = this.#lookedUp.get(key);
    return lookedUp === undefined || (!isOver && this.#now() - lookedUp >= runningPauseMs);
  }

  async #read(stages: readonly [OpenStage, ...OpenStage[]]): Promise<number> {
    const [{ organization, project }] = stages;
    const { database, writer, clientOf, onFailure } = this.#options;
    const startedAt = this.#now();
    const since = Math.min(...stages.map(({ activeSince }) => activeSince)) - marginMs;
    try {
      const devOps = clientOf(organization);
      const found = await readStageEnvironments({ devOps, database, writer }, project, since);
      for (const { key } of stages) this.#lookedUp.set(key, startedAt);
      return found;
    } catch (error) {
      if (isRefusal(error)) this.#refused.add(`${organization}/${project}`);
      onFailure?.({ organization, project }, error);
      return 0;
    }
  }

  #forgetAllBut(open: readonly OpenStage[]): void {
    const keys = new Set(open.map(({ key }) => key));
    for (const key of this.#lookedUp.keys()) if (!keys.has(key)) this.#lookedUp.delete(key);
  }
}

function openStageOf(row: Row): OpenStage {
  const { OrganizationName, ProjectId, RunId, StageName, Attempt, State, LastSeenDate, ActiveDate } = row;
  return {
    organization: String(OrganizationName),
    project: String(ProjectId),
    key: JSON.stringify([OrganizationName, ProjectId, RunId, StageName, Attempt, LastSeenDate]),
    isOver: String(State).toLowerCase() === 'completed',
    activeSince: Date.parse(String(ActiveDate)),
  };
}

function byProject(stages: readonly OpenStage[]): [OpenStage, ...OpenStage[]][] {
  const projects = new Map<string, [OpenStage, ...OpenStage[]]>();
  for (const stage of stages) {
    const key = `${stage.organization}/${stage.project}`;
    const others = projects.get(key);
    if (others) others.push(stage);
    else projects.set(key, [stage]);
  }
  return [...projects.values()];
}
