/**
 * The events that the changelog lives on, by the short names of `--events`. A subscription without filters
 * sends all of its kind; only the project narrows it.
 */

/** A kind of event, as a publisher of service hooks names it. */
export interface HookEvent {
  readonly publisherId: string;
  readonly eventType: string;
  readonly resourceVersion: string;
}

const pipelines = (eventType: string): HookEvent => ({
  publisherId: 'pipelines',
  eventType,
  resourceVersion: '5.1-preview.1',
});
const tfs = (eventType: string, resourceVersion: string): HookEvent => ({
  publisherId: 'tfs',
  eventType,
  resourceVersion,
});
const releases = (eventType: string): HookEvent => ({
  publisherId: 'rm',
  eventType,
  resourceVersion: '3.0-preview.1',
});

/** Groups of events by the name that people choose them with. */
export const hookEvents = {
  runs: [pipelines('ms.vss-pipelines.run-state-changed-event')],
  stages: [pipelines('ms.vss-pipelines.stage-state-changed-event')],
  jobs: [pipelines('ms.vss-pipelines.job-state-changed-event')],
  builds: [tfs('build.complete', '2.0')],
  approvals: [
    pipelines('ms.vss-pipelinechecks-events.approval-pending'),
    pipelines('ms.vss-pipelinechecks-events.approval-completed'),
  ],
  pushes: [tfs('git.push', '1.0')],
  'pull-requests': [tfs('git.pullrequest.merged', '1.0')],
  releases: [
    releases('ms.vss-release.deployment-started-event'),
    releases('ms.vss-release.deployment-completed-event'),
  ],
} as const satisfies Readonly<Record<string, readonly HookEvent[]>>;

export type HookEventGroup = keyof typeof hookEvents;

export const hookEventGroups = Object.keys(hookEvents) as readonly HookEventGroup[];

/** Every group; jobs are left out by default: stages say the same, in a tenth of the events. */
export const defaultEventGroups: readonly HookEventGroup[] = hookEventGroups.filter(
  (name) => name !== 'jobs',
);

export function isHookEventGroup(name: string): name is HookEventGroup {
  return Object.hasOwn(hookEvents, name);
}
