/**
 * The service hooks of a demonstration project, in the shapes in which Azure DevOps sends them, and what its REST API
 * would say of builds. Ids depend on the project and on the order of calls alone, so the same story gives the same data.
 */
import { guidOf, hexOf } from '../../kusto/demo/events.ts';
import type { JsonObject } from '../events/decode.ts';
import type { StageEnvironment } from '../events/stage-environment.ts';

export interface DemoProject {
  readonly organization: string;
  readonly id: string;
  readonly name: string;
}

export interface Repository {
  readonly id: string;
  readonly name: string;
}

export interface Commit {
  readonly id: string;
  readonly message: string;
  readonly author: string;
  readonly time: Date;
}

export interface Push {
  readonly repository: Repository;
  /** Such as `refs/heads/main`. */
  readonly ref: string;
  readonly before: string;
  readonly commits: readonly Commit[];
  /** Where the branch or tag points now; the last commit by default. */
  readonly tip?: string;
  readonly by: string;
  readonly time: Date;
}

export interface Merge {
  readonly repository: Repository;
  readonly pullRequest: number;
  readonly title: string;
  readonly source: string;
  readonly sourceCommit: string;
  readonly targetCommit: string;
  readonly mergeCommit: string;
  readonly createdBy: string;
  readonly closedBy: string;
  readonly approvedBy?: string;
  readonly opened: Date;
  readonly time: Date;
}

export interface Run {
  readonly id: number;
  readonly number: string;
  readonly pipeline: { readonly id: number; readonly name: string };
  readonly repository: Repository;
  readonly branch: string;
  readonly commit: string;
  readonly requestedFor: string;
  readonly created: Date;
}

export interface StageAttempt {
  readonly run: Run;
  readonly stage: string;
  readonly attempt: number;
}

export type Result = 'succeeded' | 'failed' | 'canceled' | 'skipped';

/** What the REST API says of a build: its changes, newest first, and its work items. */
export interface BuildContents {
  readonly build: Run;
  readonly commits: readonly Commit[];
  readonly workItems: readonly number[];
}

/** Takes down what happens in a project. */
export class Recorder {
  readonly project: DemoProject;
  readonly events: JsonObject[] = [];
  readonly contents: BuildContents[] = [];
  readonly environments: (StageEnvironment & { readonly time: Date })[] = [];
  readonly #collection: string;
  readonly #seed: string;
  #recorded = 0;

  /** @param seed different for two recordings of the same project, whose events are not the same */
  constructor(project: DemoProject, seed = '') {
    this.project = project;
    this.#seed = seed;
    this.#collection = `https://dev.azure.com/${project.organization}`;
  }

  /** Begins with nothing recorded; later events are different ones all the same. */
  forget(): void {
    for (const list of [this.events, this.contents, this.environments]) list.length = 0;
  }

  /** A repository of the project; its id depends on its name. */
  repository(name: string): Repository {
    return { id: guidOf(`${this.project.id} repository ${name}`), name };
  }

  /** A commit id that depends on the project and on `seed`. */
  commitId(seed: string): string {
    return hexOf(`${this.project.id} commit ${seed}`, 40);
  }

  pushed({ repository, ref, before, commits, tip, by, time }: Push): void {
    const newObjectId = tip ?? commits.at(-1)?.id ?? before;
    this.#emit('git.push', time, {
      commits: commits.map(({ id, message, author, time: date }) => ({
        commitId: id,
        comment: message,
        author: { name: nameOf(author), email: author, date: date.toISOString() },
        url: `${this.#api}/git/repositories/${repository.id}/commits/${id}`,
      })),
      refUpdates: [{ name: ref, oldObjectId: before, newObjectId }],
      repository: this.#repository(repository),
      pushedBy: { id: guidOf(by), displayName: nameOf(by), uniqueName: by },
      pushId: this.#recorded + 1,
      date: time.toISOString(),
      url: `${this.#api}/git/repositories/${repository.id}/pushes/${this.#recorded + 1}`,
    });
  }

  merged(merge: Merge): void {
    const { repository, pullRequest, title, source, createdBy, closedBy, approvedBy, opened, time } = merge;
    this.#emit('git.pullrequest.merged', time, {
      repository: this.#repository(repository),
      pullRequestId: pullRequest,
      status: 'completed',
      title,
      sourceRefName: source,
      targetRefName: 'refs/heads/main',
      mergeStatus: 'succeeded',
      lastMergeSourceCommit: { commitId: merge.sourceCommit },
      lastMergeTargetCommit: { commitId: merge.targetCommit },
      lastMergeCommit: { commitId: merge.mergeCommit },
      createdBy: { id: guidOf(createdBy), displayName: nameOf(createdBy), uniqueName: createdBy },
      closedBy: { id: guidOf(closedBy), displayName: nameOf(closedBy), uniqueName: closedBy },
      creationDate: opened.toISOString(),
      closedDate: time.toISOString(),
      reviewers: approvedBy
        ? [{ id: guidOf(approvedBy), displayName: nameOf(approvedBy), uniqueName: approvedBy, vote: 10 }]
        : [],
      url: `${this.#api}/git/repositories/${repository.id}/pullRequests/${pullRequest}`,
    });
  }

  runChanged(run: Run, state: 'inProgress' | 'completed', time: Date, result?: Result): void {
    this.#emit('ms.vss-pipelines.run-state-changed-event', time, {
      run: {
        ...this.#runName(run),
        state,
        ...(result && { result, finishedDate: time.toISOString() }),
        createdDate: run.created.toISOString(),
        pipeline: this.#pipeline(run),
        resources: {
          repositories: {
            self: {
              repository: { id: run.repository.id, type: 'azureReposGit' },
              refName: run.branch,
              version: run.commit,
            },
          },
        },
      },
      pipeline: this.#pipeline(run),
      requestedFor: { displayName: nameOf(run.requestedFor), uniqueName: run.requestedFor },
    });
  }

  stageChanged(
    { run, stage, attempt }: StageAttempt,
    state: 'waiting' | 'running' | 'completed',
    time: Date,
    result?: Result,
  ): void {
    this.#emit('ms.vss-pipelines.stage-state-changed-event', time, {
      stage: {
        ...this.#stageName(run, stage),
        displayName: stage,
        state,
        attempt,
        ...(result && { result }),
      },
      run: this.#runName(run),
      pipeline: this.#pipeline(run),
    });
  }

  approval(
    { run, stage, attempt }: StageAttempt,
    environment: string,
    status: 'pending' | 'approved' | 'rejected',
    time: Date,
  ): void {
    const what = status === 'pending' ? 'pending' : 'completed';
    const message = `Approval ${what} for deployment of pipeline ${run.pipeline.name} to environment ${environment}.`;
    this.#emit(
      `ms.vss-pipelinechecks-events.approval-${what}`,
      time,
      {
        approval: { id: guidOf(`${run.id} ${stage} ${attempt} approval`), status },
        projectId: this.project.id,
        pipeline: this.#pipeline(run),
        stage: this.#stageName(run, stage),
        run: this.#runName(run),
        stageName: stage,
        attemptId: attempt,
      },
      message,
    );
  }

  /** What the REST API says of a build. */
  contains(build: Run, { commits, workItems }: Omit<BuildContents, 'build'>): void {
    this.contents.push({ build, commits, workItems });
  }

  /** A build ended. */
  built(
    run: Run,
    result: Result,
    finished: Date,
    { commits, workItems }: Omit<BuildContents, 'build'>,
  ): void {
    this.#emit('build.complete', finished, {
      id: run.id,
      buildNumber: run.number,
      status: 'completed',
      result,
      queueTime: run.created.toISOString(),
      startTime: run.created.toISOString(),
      finishTime: finished.toISOString(),
      definition: { ...run.pipeline, project: { id: this.project.id, name: this.project.name } },
      project: { id: this.project.id, name: this.project.name },
      sourceBranch: run.branch,
      sourceVersion: run.commit,
      repository: { id: run.repository.id, name: run.repository.name, type: 'TfsGit' },
      reason: 'individualCI',
      requestedFor: { displayName: nameOf(run.requestedFor), uniqueName: run.requestedFor },
      url: `${this.#api}/build/Builds/${run.id}`,
    });
    this.contains(run, { commits, workItems });
  }

  /** The REST API says that a stage of a run deploys to an environment. */
  deploysTo(run: Run, stage: string, environment: string, time: Date): void {
    this.environments.push({ runId: run.id, stageName: stage, environment, time });
  }

  get #api(): string {
    return `${this.#collection}/${this.project.id}/_apis`;
  }

  #repository({ id, name }: Repository): JsonObject {
    return {
      id,
      name,
      project: { id: this.project.id, name: this.project.name },
      remoteUrl: `${this.#collection}/${encodeURIComponent(this.project.name)}/_git/${encodeURIComponent(name)}`,
    };
  }

  #runName({ id, number, pipeline }: Run): JsonObject {
    return {
      _links: { web: { href: `${this.#collection}/${this.project.id}/_build/results?buildId=${id}` } },
      id,
      name: number,
      url: `${this.#api}/pipelines/${pipeline.id}/runs/${id}`,
    };
  }

  #pipeline({ pipeline: { id, name } }: Run): JsonObject {
    return { url: `${this.#api}/pipelines/${id}?revision=1`, id, revision: 1, name, folder: '\\' };
  }

  #stageName(run: Run, stage: string): JsonObject {
    return { id: guidOf(`${this.project.id} ${run.pipeline.id} ${stage}`), name: stage };
  }

  #emit(eventType: string, time: Date, resource: JsonObject, message = ''): void {
    const baseUrl = `${this.#collection}/`;
    this.events.push({
      id: guidOf(`${this.project.id} event ${this.#seed} ${this.#recorded++}`),
      eventType,
      publisherId: eventType.startsWith('ms.vss-pipelines') ? 'pipelines' : 'tfs',
      message: { text: message },
      resource,
      resourceVersion: '1.0',
      resourceContainers: {
        collection: { id: guidOf(this.#collection), baseUrl },
        account: { id: guidOf(this.project.organization), baseUrl },
        project: { id: this.project.id, baseUrl },
      },
      createdDate: time.toISOString(),
    });
  }
}

/** `ada.lovelace@contoso.com` is Ada Lovelace. */
function nameOf(person: string): string {
  return person
    .replace(/@.*$/, '')
    .split('.')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
