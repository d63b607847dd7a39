/**
 * Every service-hook event that the changelog keeps, one entry each. Which events are read, which tables are
 * written, what `hooks create` subscribes to, what the doctor looks for and the table in docs/changelog-feed.md
 * all come from this list. To add an event type, add its entry here, its reader, its table and a test.
 */
import { type EventType, eventType } from './event-type.ts';
import { readApproval } from './readers/approval.ts';
import { readBuild } from './readers/build.ts';
import { readJob } from './readers/job.ts';
import { readPullRequest } from './readers/pull-request.ts';
import { readPush } from './readers/push.ts';
import { readReleaseDeployment } from './readers/release-deployment.ts';
import { readRun } from './readers/run.ts';
import { readStage } from './readers/stage.ts';

const entries = [
  eventType({
    eventType: 'ms.vss-pipelines.run-state-changed-event',
    publisherId: 'pipelines',
    resourceVersion: '5.1-preview.1',
    hookGroup: 'runs',
    table: 'RunEvent',
    alsoWrites: ['RunResource'],
    read: readRun,
  }),
  eventType({
    eventType: 'ms.vss-pipelines.stage-state-changed-event',
    publisherId: 'pipelines',
    resourceVersion: '5.1-preview.1',
    hookGroup: 'stages',
    table: 'StageEvent',
    alsoWrites: ['RunEvent', 'RunResource'],
    read: readStage,
  }),
  eventType({
    eventType: 'ms.vss-pipelines.job-state-changed-event',
    publisherId: 'pipelines',
    resourceVersion: '5.1-preview.1',
    hookGroup: 'jobs',
    // Stages report the same progress in a tenth of the events.
    subscribedByDefault: false,
    table: 'JobEvent',
    alsoWrites: ['StageEvent', 'RunEvent', 'RunResource'],
    read: readJob,
  }),
  eventType({
    eventType: 'build.complete',
    publisherId: 'tfs',
    resourceVersion: '2.0',
    hookGroup: 'builds',
    table: 'BuildEvent',
    // The reader of events writes no changes and work items: they are read from the REST API.
    alsoWrites: ['RunResource', 'BuildArtifact', 'BuildWorkItem', 'BuildChange'],
    read: readBuild,
  }),
  eventType({
    eventType: 'ms.vss-pipelinechecks-events.approval-pending',
    publisherId: 'pipelines',
    resourceVersion: '5.1-preview.1',
    hookGroup: 'approvals',
    table: 'ApprovalEvent',
    alsoWrites: ['StageEnvironment'],
    read: readApproval,
  }),
  eventType({
    eventType: 'ms.vss-pipelinechecks-events.approval-completed',
    publisherId: 'pipelines',
    resourceVersion: '5.1-preview.1',
    hookGroup: 'approvals',
    table: 'ApprovalEvent',
    alsoWrites: ['StageEnvironment'],
    read: readApproval,
  }),
  eventType({
    eventType: 'git.push',
    publisherId: 'tfs',
    resourceVersion: '1.0',
    hookGroup: 'pushes',
    table: 'PushEvent',
    read: readPush,
  }),
  eventType({
    eventType: 'git.pullrequest.merged',
    publisherId: 'tfs',
    resourceVersion: '1.0',
    hookGroup: 'pull-requests',
    table: 'PullRequestEvent',
    read: readPullRequest,
  }),
  eventType({
    eventType: 'ms.vss-release.deployment-started-event',
    aliases: ['ms.azure-devops-release.deployment-started-event'],
    publisherId: 'rm',
    resourceVersion: '3.0-preview.1',
    hookGroup: 'releases',
    table: 'ReleaseDeploymentEvent',
    read: readReleaseDeployment,
  }),
  eventType({
    eventType: 'ms.vss-release.deployment-completed-event',
    aliases: ['ms.azure-devops-release.deployment-completed-event'],
    publisherId: 'rm',
    resourceVersion: '3.0-preview.1',
    hookGroup: 'releases',
    table: 'ReleaseDeploymentEvent',
    read: readReleaseDeployment,
  }),
];

/** A name that people choose events by. */
export type HookGroup = (typeof entries)[number]['hookGroup'];

/** A table that the changelog writes to. */
export type ChangelogTable = (typeof entries)[number]['table'] | 'SetAsideEvent';

/** The catalogue, in the order in which lists show it. */
export const eventTypes: readonly EventType<ChangelogTable, HookGroup>[] = entries;

/** Tables that hold events, one row for each delivery. */
export const eventTables: readonly ChangelogTable[] = [...new Set(eventTypes.map(({ table }) => table))];

/** All tables that the changelog writes to, in the order of writing. */
export const changelogTables: readonly ChangelogTable[] = [
  ...new Set(eventTypes.flatMap(({ table, alsoWrites = [] }) => [table, ...alsoWrites])),
  'SetAsideEvent',
];

const byName = new Map(
  eventTypes.flatMap((entry) => [entry.eventType, ...(entry.aliases ?? [])].map((name) => [name, entry])),
);

/** The entry of an event type, by its name or one of its aliases; undefined for an unknown one. */
export function eventTypeNamed(name: string): EventType<ChangelogTable, HookGroup> | undefined {
  return byName.get(name);
}
