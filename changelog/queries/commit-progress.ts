/**
 * How far a commit has come: the runs that built it, the runs that consumed those, the commits that they pushed
 * and the runs of those in turn. Each step is a KQL function (GetCommitSuccessors_v1, GetRunSuccessors_v1);
 * Kusto cannot repeat a query until nothing new comes, so that is done here.
 */
import type { KustoDatabase, Row } from '../../kusto/client/database.ts';

/** A step of the way, with those that follow from it. Times are ISO 8601 in UTC, empty where not known. */
export type ProgressStep = CommitStep | RunStep;

interface StepBase {
  /** How it follows from the step before; empty for the first. */
  readonly relation: string;
  readonly next: readonly ProgressStep[];
}

export interface CommitStep extends StepBase {
  readonly kind: 'commit';
  readonly commit: string;
  /** Empty where its push is not known. */
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
  /** When it ended, or began where it has not. */
  readonly time: string;
  /** The latest attempt of each, in the order in which they began. */
  readonly stages: readonly StageProgress[];
}

export interface StageProgress {
  readonly name: string;
  readonly attempt: number;
  readonly state: string;
  readonly result: string;
  readonly time: string;
}

/** More than any way has; a commit that leads further is cut off here. */
const mostSteps = 200;

const declared =
  'declare query_parameters(organization: string, commit: string = "", projectId: string = "", runId: long = 0);';

const queries = {
  commit: `${declared} PushEvent
    | where OrganizationName == organization and NewCommit == commit
    | project RepositoryName, PushedBy, PushedDate
    | order by PushedDate asc | take 1`,
  afterCommit: `${declared} GetCommitSuccessors_v1(organization, commit)
    | order by RunId asc, NextCommit asc`,
  run: `${declared} RunState
    | where OrganizationName == organization and ProjectId == projectId and RunId == runId
    | project PipelineName, Name = RunName, State, Result, Url = RunUrl, Begin = RunCreatedDate, End = RunFinishedDate`,
  build: `${declared} BuildState
    | where OrganizationName == organization and ProjectId == projectId and BuildId == runId
    | project PipelineName, Name = BuildNumber, State, Result, Url = BuildUrl, Begin = StartTime, End = FinishTime`,
  stages: `${declared} StageState
    | where OrganizationName == organization and ProjectId == projectId and RunId == runId
    | summarize arg_max(Attempt, State, Result, StartTime, FinishTime, ActiveDate) by StageName
    | order by ActiveDate asc, StageName asc`,
  afterRun: `${declared} GetRunSuccessors_v1(organization, projectId, runId)
    | order by RunId asc, NextCommit asc`,
} as const;

/** Follows a commit; undefined where the changelog does not know it. */
export async function commitProgress(
  database: KustoDatabase,
  organizationName: string,
  commit: string,
): Promise<ProgressStep | undefined> {
  const organization = organizationName.toLowerCase();
  // A run or commit that is reached twice is told once, where it is reached first.
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
    const parameters = { organization, commit: id };
    const [push] = await database.query(queries.commit, parameters);
    return {
      kind: 'commit',
      relation,
      commit: id,
      repository: text(push?.RepositoryName),
      pushedBy: text(push?.PushedBy),
      time: text(push?.PushedDate),
      next: await after(await database.query(queries.afterCommit, parameters)),
    };
  }

  async function runStep(relation: string, projectId: string, runId: number): Promise<RunStep> {
    const parameters = { organization, projectId, runId: String(runId) };
    const [ofRun] = await database.query(queries.run, parameters);
    const [row] = ofRun ? [ofRun] : await database.query(queries.build, parameters);
    const stages = await database.query(queries.stages, parameters);
    return {
      kind: 'run',
      relation,
      projectId,
      runId,
      name: `${text(row?.PipelineName)}=${text(row?.Name)}`,
      state: text(row?.State),
      result: text(row?.Result),
      url: text(row?.Url),
      time: text(row?.End) || text(row?.Begin),
      stages: stages.map(stageOf),
      next: await after(await database.query(queries.afterRun, parameters)),
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
