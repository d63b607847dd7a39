/**
 * Turns the records of a build from the REST API into the service-hook events that should have reported them. Pure.
 * The same state always gives the same event id, so writing it twice changes nothing that anybody reads. The service
 * hook of the same state has another id; the views merge the two.
 */
import type { Organization } from '../../../azure-devops/address.ts';
import type { BuildRecord, Project, Run, TimelineRecord } from '../../../azure-devops/records.ts';
import type { JsonObject } from '../../events/decode.ts';

/** A service-hook event that was made from records. */
export interface ReconciledEvent extends JsonObject {
  readonly id: string;
  readonly eventType: string;
  readonly createdDate: string;
}

/** A state of a build, run or stage, and the event that reports it. */
export interface StateFact {
  readonly kind: 'build' | 'run' | 'stage';
  readonly state: string;
  readonly result: string;
  /** ISO 8601; empty until it is completed. */
  readonly finished: string;
  /** The name of the stage; empty for builds and runs. */
  readonly stage: string;
  /** The attempt of the stage; 0 for builds and runs. */
  readonly attempt: number;
  readonly event: ReconciledEvent;
}

/** The records of one build. */
export interface BuildRecords {
  readonly organization: Organization;
  readonly project: Project;
  readonly build: BuildRecord;
  /** Undefined for a classic build. */
  readonly run: Run | undefined;
  /** The records of all attempts. */
  readonly timeline: readonly TimelineRecord[];
}

/** The states of a build that service hooks report, in the order in which they happened. */
export function factsOf(records: BuildRecords): StateFact[] {
  return [...runFacts(records), ...stageFacts(records), ...buildFacts(records)];
}

function runFacts({ run, build, ...source }: BuildRecords): StateFact[] {
  if (run === undefined) return [];
  const finished = run.finishedDate ?? '';
  const createdDate = run.state === 'completed' ? finished : (run.createdDate ?? '');
  if (createdDate === '') return [];
  const event = eventOf(source, {
    publisherId: 'pipelines',
    eventType: 'ms.vss-pipelines.run-state-changed-event',
    resourceVersion: '5.1-preview.1',
    key: `run/${run.id}/${run.state}`,
    createdDate,
    resource: { run, pipeline: run.pipeline, requestedFor: build.requestedFor },
  });
  return [
    { kind: 'run', state: run.state, result: run.result ?? '', finished, stage: '', attempt: 0, event },
  ];
}

function buildFacts({ build, ...source }: BuildRecords): StateFact[] {
  const finished = build.finishTime ?? '';
  // There is a service hook for completed builds only.
  if (build.status !== 'completed' || finished === '') return [];
  const event = eventOf(source, {
    publisherId: 'tfs',
    eventType: 'build.complete',
    resourceVersion: '2.0',
    key: `build/${build.id}/completed`,
    createdDate: finished,
    resource: build,
  });
  return [
    { kind: 'build', state: 'completed', result: build.result ?? '', finished, stage: '', attempt: 0, event },
  ];
}

function stageFacts({ build, run, timeline, ...source }: BuildRecords): StateFact[] {
  // A stage's event carries the name of the run but not its state, which the run's own event reports.
  const pipeline = run?.pipeline ?? { id: build.definition.id, name: build.definition.name };
  const runOfStage = { id: build.id, name: run?.name ?? build.buildNumber, pipeline };
  const facts: StateFact[] = [];
  for (const record of timeline) {
    const name = record.identifier || record.name;
    if (record.type !== 'Stage' || !name) continue;
    const attempt = record.attempt ?? 1;
    for (const { state, createdDate } of stageStates(record, timeline)) {
      const completed = state === 'completed';
      const finished = completed ? (record.finishTime ?? '') : '';
      const result = completed ? stageResult(record.result ?? '') : '';
      const stage = {
        id: record.id,
        name,
        displayName: record.name ?? name,
        attempt,
        state,
        startTime: record.startTime,
        ...(completed ? { result, finishTime: finished } : {}),
      };
      const event = eventOf(source, {
        publisherId: 'pipelines',
        eventType: 'ms.vss-pipelines.stage-state-changed-event',
        resourceVersion: '5.1-preview.1',
        key: `stage/${build.id}/${name}/${attempt}/${state}`,
        createdDate,
        resource: { stage, run: runOfStage, pipeline, requestedFor: build.requestedFor },
      });
      facts.push({ kind: 'stage', state, result, finished, stage: name, attempt, event });
    }
  }
  return facts;
}

/**
 * The states that a stage has had, as far as its record shows. That a completed stage has been running matters: a
 * skipped one has not, and has deployed nothing.
 */
function stageStates(
  record: TimelineRecord,
  timeline: readonly TimelineRecord[],
): { readonly state: string; readonly createdDate: string }[] {
  const states: { state: string; createdDate: string }[] = [];
  if (record.startTime && record.result !== 'skipped') {
    states.push({ state: 'running', createdDate: record.startTime });
  }
  if (record.state === 'completed') {
    const ended = record.finishTime ?? record.lastModified ?? record.startTime;
    if (ended) states.push({ state: 'completed', createdDate: ended });
  } else if (record.state === 'pending') {
    const check = timeline.find(
      ({ type, parentId, state }) =>
        type === 'Checkpoint' && parentId === record.id && state === 'inProgress',
    );
    if (check?.startTime) states.push({ state: 'waiting', createdDate: check.startTime });
  }
  return states;
}

/** The result in the words of service hooks, which differ from those of timelines. */
function stageResult(result: string): string {
  return result === 'succeededWithIssues' ? 'partiallySucceeded' : result;
}

interface EventDraft {
  readonly publisherId: string;
  readonly eventType: string;
  readonly resourceVersion: string;
  /** Names the thing and its state. Together with the time it is unique in the project. */
  readonly key: string;
  readonly createdDate: string;
  readonly resource: object;
}

function eventOf(
  { organization, project }: Pick<BuildRecords, 'organization' | 'project'>,
  { key, ...draft }: EventDraft,
): ReconciledEvent {
  const baseUrl = `${organization.url}/`;
  return {
    id: `reconciled/${organization.name.toLowerCase()}/${project.id.toLowerCase()}/${key}/${draft.createdDate}`,
    ...draft,
    resourceContainers: {
      collection: { baseUrl },
      account: { baseUrl },
      project: { id: project.id, baseUrl },
    },
  };
}
