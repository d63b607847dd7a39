/**
 * Follows a commit: the runs that built it, the runs that consumed those, the commits that they pushed, and the runs
 * of those in turn. Each step is a KQL function (GetCommitSuccessors_v1, GetRunSuccessors_v1). Kusto cannot repeat a
 * query until it finds nothing new, so that is done here.
 */
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import {
  findCommits,
  getCommit,
  getCommitSuccessors,
  getRun,
  getRunStages,
  getRunSuccessors,
} from '../../kusto/client/functions.ts';
import type { Row } from '../../kusto/client/rows.ts';

/** A commit or a run, with the steps that follow from it. Times are ISO 8601 in UTC, empty if unknown. */
export type ProgressStep = CommitStep | RunStep;

interface StepBase {
  /** How it follows from the previous step; empty for the first. */
  readonly relation: string;
  readonly next: readonly ProgressStep[];
}

export interface CommitStep extends StepBase {
  readonly kind: 'commit';
  readonly commit: string;
  /** Empty if its push is unknown. */
  readonly repository: string;
  readonly pushedBy: string;
  readonly time: string;
}

export interface RunStep extends StepBase {
  readonly kind: 'run';
  readonly projectId: string;
  readonly runId: number;
  /** `{pipeline}={run name}` */
  readonly name: string;
  readonly state: string;
  readonly result: string;
  readonly url: string;
  /** When it ended, or if it has not, when it began. */
  readonly time: string;
  /** The latest attempt of each stage, in the order in which they began. */
  readonly stages: readonly StageProgress[];
}

export interface StageProgress {
  readonly name: string;
  readonly attempt: number;
  readonly state: string;
  readonly result: string;
  readonly time: string;
}

/** More steps than a commit ever has; the rest are left out. */
const mostSteps = 200;

/** The commits that the changelog knows and whose ids begin with `prefix`, in lower case; a dozen at most. */
export async function commitsBeginningWith(
  database: KustoClient,
  organization: string,
  prefix: string,
): Promise<string[]> {
  const rows = await callFunction(database, findCommits, {
    AdoOrganizationName: organization,
    CommitPrefix: prefix,
  });
  return rows.map((row) => text(row.Commit));
}

/** Follows a commit, given by its whole id; undefined if the changelog does not know it. */
export async function commitProgress(
  database: KustoClient,
  organization: string,
  commit: string,
): Promise<ProgressStep | undefined> {
  // A run or commit that is reached twice is listed once, where it is reached first.
  const met = new Set<string>();

  async function after(rows: readonly Row[]): Promise<ProgressStep[]> {
    const steps: ProgressStep[] = [];
    for (const row of rows) {
      const relation = text(row.Relation);
      const nextCommit = text(row.NextCommit);
      const key = nextCommit === '' ? `${text(row.ProjectId)}/${text(row.RunId)}` : nextCommit;
      if (met.has(key) || met.size >= mostSteps) continue;
      met.add(key);
      steps.push(
        nextCommit === ''
          ? await runStep(relation, text(row.ProjectId), Number(row.RunId))
          : await commitStep(relation, nextCommit),
      );
    }
    return steps;
  }

  async function commitStep(relation: string, id: string): Promise<CommitStep> {
    const named = { AdoOrganizationName: organization, Commit: id };
    const [push] = await callFunction(database, getCommit, named);
    return {
      kind: 'commit',
      relation,
      commit: id,
      repository: text(push?.RepositoryName),
      pushedBy: text(push?.PushedBy),
      time: text(push?.PushedDate),
      next: await after(await callFunction(database, getCommitSuccessors, named)),
    };
  }

  async function runStep(relation: string, projectId: string, runId: number): Promise<RunStep> {
    const named = { AdoOrganizationName: organization, AdoProjectId: projectId, AdoRunId: runId };
    const [row] = await callFunction(database, getRun, named);
    const stages = await callFunction(database, getRunStages, named);
    return {
      kind: 'run',
      relation,
      projectId,
      runId,
      name: `${text(row?.PipelineName)}=${text(row?.RunName)}`,
      state: text(row?.State),
      result: text(row?.Result),
      url: text(row?.Url),
      time: text(row?.FinishTime) || text(row?.StartTime),
      stages: stages.map(stageOf),
      next: await after(await callFunction(database, getRunSuccessors, named)),
    };
  }

  met.add(commit.toLowerCase());
  const first = await commitStep('', commit.toLowerCase());
  return first.repository === '' && first.next.length === 0 ? undefined : first;
}

function stageOf(row: Row): StageProgress {
  return {
    name: text(row.StageName),
    attempt: Number(row.Attempt),
    state: text(row.State),
    result: text(row.Result),
    time: text(row.FinishTime) || text(row.StartTime) || text(row.ActiveDate),
  };
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
