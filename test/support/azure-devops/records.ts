/** Builders of what Azure DevOps stores: name what matters to a test, the rest is plausible. */

export type Json = Record<string, unknown>;

export interface StoredBuild extends Json {
  id: number;
  status: string;
  finishTime?: string;
  queueTime: string;
}

export interface StoredSubscription extends Json {
  id: string;
  status: string;
  publisherId: string;
  eventType: string;
  consumerId: string;
  consumerActionId: string;
  publisherInputs: Record<string, string>;
  consumerInputs: Record<string, string>;
}

/** A project as the stand-in keeps it: its builds and what hangs on them. */
export interface StoredProject {
  readonly id: string;
  readonly name: string;
  readonly builds: StoredBuild[];
  /** By build id, and by `${buildId}/${timelineId}` for earlier attempts. */
  readonly timelines: Map<string, Json[]>;
  readonly artifacts: Map<number, Json[]>;
  /** By build id, newest first. */
  readonly changes: Map<number, Json[]>;
  readonly workItems: Map<number, Json[]>;
  /** By run id. Builds without one are classic. */
  readonly runs: Map<number, Json>;
  /** Each with its deployments, newest first. */
  readonly environments: StoredEnvironment[];
}

export interface StoredEnvironment {
  readonly id: number;
  readonly name: string;
  readonly deployments: Json[];
}

export const emptyProject = (id: string, name: string): StoredProject => ({
  id,
  name,
  builds: [],
  timelines: new Map(),
  artifacts: new Map(),
  changes: new Map(),
  workItems: new Map(),
  runs: new Map(),
  environments: [],
});

/** A build that succeeded, unless told otherwise. */
export function aBuild(project: StoredProject, fields: Partial<StoredBuild> & { id: number }): StoredBuild {
  const finishTime = fields.finishTime ?? '2026-03-01T10:05:00.1234567Z';
  const running = fields.status !== undefined && fields.status !== 'completed';
  return {
    buildNumber: `20260301.${fields.id}`,
    status: 'completed',
    queueTime: '2026-03-01T10:00:00.0000001Z',
    startTime: '2026-03-01T10:00:05.0000001Z',
    ...(running ? {} : { result: 'succeeded', finishTime }),
    definition: { id: 7, name: 'webshop' },
    project: { id: project.id, name: project.name },
    sourceBranch: 'refs/heads/main',
    sourceVersion: '8d2c1f0a9b3e4d5c6f7a8b9c0d1e2f3a4b5c6d7e',
    repository: { id: 'f1e2d3c4-0000-4000-8000-000000000001', type: 'TfsGit', name: 'webshop' },
    requestedFor: { displayName: 'Ada Example', uniqueName: 'ada@example.com' },
    ...fields,
  };
}

/** The run behind a build. */
export function aRun(build: StoredBuild, fields: Json = {}): Json {
  const completed = build.status === 'completed';
  return {
    id: build.id,
    name: build.buildNumber,
    state: completed ? 'completed' : 'inProgress',
    ...(completed ? { result: build.result, finishedDate: build.finishTime } : {}),
    createdDate: build.queueTime,
    pipeline: { id: 7, name: 'webshop', folder: '\\', revision: 3 },
    resources: {
      repositories: {
        self: {
          refName: 'refs/heads/main',
          version: build.sourceVersion,
          repository: { type: 'azureReposGit' },
        },
      },
    },
    ...fields,
  };
}

/** A stage of a timeline. */
export function aStage(name: string, fields: Json = {}): Json {
  return {
    id: crypto.randomUUID(),
    parentId: null,
    type: 'Stage',
    name,
    identifier: name,
    state: 'completed',
    result: 'succeeded',
    startTime: '2026-03-01T10:00:10.0000001Z',
    finishTime: '2026-03-01T10:04:00.7654321Z',
    attempt: 1,
    previousAttempts: [],
    ...fields,
  };
}

/** The record of a deployment job in the history of its environment. */
export function aDeployment(runId: number, stageName: string, fields: Json = {}): Json {
  return {
    id: runId * 10,
    environmentId: 1,
    planType: 'Build',
    stageName,
    stageAttempt: 1,
    jobName: 'Deploy',
    jobAttempt: 1,
    definition: { id: 7, name: 'webshop' },
    owner: { id: runId, name: `20260301.${runId}` },
    result: 'succeeded',
    queueTime: '2026-03-01T10:00:11.0000000Z',
    startTime: '2026-03-01T10:00:12.0000000Z',
    finishTime: '2026-03-01T10:04:00.0000000Z',
    ...fields,
  };
}
