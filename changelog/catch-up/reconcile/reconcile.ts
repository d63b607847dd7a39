/**
 * Fetches events that service hooks lost from the REST API, and writes them to the changelog. Running builds come
 * first: one that ends meanwhile is found again among the completed builds. Those are read from the oldest to the
 * newest, so that an interrupted run continues from its last page. The environments that the stages of all these
 * builds deployed to come last.
 */
import type { AzureDevOps } from '../../../azure-devops/client.ts';
import { AzureDevOpsError } from '../../../azure-devops/error.ts';
import type { BuildRecord, Project, TimelineRecord } from '../../../azure-devops/records.ts';
import { UnreadableEventError } from '../../events/decode.ts';
import { RowsRefusedError } from '../../store/row-store.ts';
import type { KnownStates } from './known-states.ts';
import { factsOf, type ReconciledEvent } from './state-facts.ts';

export interface ReconcileInput {
  readonly devOps: AzureDevOps;
  readonly projects: readonly Project[];
  /** Builds that finished earlier are skipped; ISO 8601. */
  readonly since: string;
  readonly known: KnownStates;
  /** Writes an event; resolves when its rows are committed. */
  readonly write: (event: ReconciledEvent) => Promise<void>;
  /** Reads the environments of a project's stages since a time in Unix milliseconds. @returns how many are new */
  readonly readEnvironments: (projectId: string, since: number) => Promise<number>;
  readonly progress?: ReconcileProgress;
  /** Called after each page that had builds. */
  readonly onPage?: (report: ProjectReport) => void;
  readonly signal?: AbortSignal;
}

/** Remembers the progress of a run, so that the next one can continue. */
export interface ReconcileProgress {
  /** The finish time up to which a project is done; undefined if it has not begun. */
  reached(projectId: string): string | undefined;
  /** Notes that a project is done up to a finish time. */
  reach(projectId: string, finishTime: string): Promise<void>;
}

/** What has been done for one project so far. */
export interface ProjectReport {
  readonly project: string;
  readonly projectId: string;
  /** How many builds were read. */
  readonly builds: number;
  /** How many events were missing and have been written. */
  readonly written: number;
  /** How many events the changelog had already. */
  readonly known: number;
  /** How many environments of stages were missing and have been written. */
  readonly environments: number;
  /** Why environments could not be read; absent if they could. */
  readonly environmentsFailed?: string;
  /** Builds that could not be read or written, and why. */
  readonly failed: readonly { readonly buildId: number; readonly reason: string }[];
}

/** Azure DevOps throttles clients that send many requests at once. */
const buildsAtOnce = 4;
const underWay = ['inProgress', 'cancelling'] as const;

/**
 * Reconciles projects one after another.
 *
 * @throws AzureDevOpsError if the service refuses or is unavailable; what was written stays
 */
export async function reconcile(input: ReconcileInput): Promise<ProjectReport[]> {
  const reports: ProjectReport[] = [];
  for (const project of input.projects) reports.push(await reconcileProject(input, project));
  return reports;
}

async function reconcileProject(input: ReconcileInput, project: Project): Promise<ProjectReport> {
  let report: ProjectReport = {
    project: project.name,
    projectId: project.id,
    builds: 0,
    written: 0,
    known: 0,
    environments: 0,
    failed: [],
  };
  const since = later(input.since, input.progress?.reached(project.id));
  // Since the first of all builds: an interrupted run has not read any environments.
  let firstStart = Date.parse(input.since);
  for (const status of underWay) {
    for await (const builds of input.devOps.builds(project.id, { status })) {
      firstStart = Math.min(firstStart, ...startTimes(builds));
      report = await reconcilePage(input, project, builds, report);
      if (builds.length > 0) input.onPage?.(report);
    }
  }
  for await (const builds of input.devOps.builds(project.id, { finishedSince: since })) {
    firstStart = Math.min(firstStart, ...startTimes(builds));
    report = await reconcilePage(input, project, builds, report);
    const last = builds.at(-1)?.finishTime;
    if (last) await input.progress?.reach(project.id, last);
    if (builds.length > 0) input.onPage?.(report);
  }
  input.signal?.throwIfAborted();
  return { ...report, ...(await reconcileEnvironments(input, project, firstStart)) };
}

function startTimes(builds: readonly BuildRecord[]): number[] {
  return builds
    .map(({ startTime, queueTime }) => Date.parse(startTime ?? queueTime ?? ''))
    .filter((time) => !Number.isNaN(time));
}

async function reconcileEnvironments(
  { readEnvironments }: ReconcileInput,
  { id }: Project,
  since: number,
): Promise<Pick<ProjectReport, 'environments' | 'environmentsFailed'>> {
  try {
    return { environments: await readEnvironments(id, since) };
  } catch (error) {
    if (!isAboutOneBuild(error)) throw error;
    return { environments: 0, environmentsFailed: error.message };
  }
}

async function reconcilePage(
  input: ReconcileInput,
  project: Project,
  builds: readonly BuildRecord[],
  before: ProjectReport,
): Promise<ProjectReport> {
  const { devOps, signal, write } = input;
  const { organization } = devOps;
  const isKnown = await input.known(
    organization.name,
    project.id,
    builds.map(({ id }) => id),
  );
  let { written, known } = before;
  const failed = [...before.failed];

  async function reconcileBuild(build: BuildRecord): Promise<void> {
    signal?.throwIfAborted();
    try {
      const run = await devOps.run(project.id, build.definition.id, build.id);
      const timeline = await wholeTimeline(devOps, project.id, build.id);
      const facts = factsOf({ organization, project, build, run, timeline });
      const missing = facts.filter((fact) => !isKnown(build.id, fact));
      await Promise.all(missing.map(({ event }) => write(event)));
      written += missing.length;
      known += facts.length - missing.length;
    } catch (error) {
      if (!isAboutOneBuild(error)) throw error;
      failed.push({ buildId: build.id, reason: error.message });
    }
  }

  for (let start = 0; start < builds.length; start += buildsAtOnce) {
    await Promise.all(builds.slice(start, start + buildsAtOnce).map(reconcileBuild));
  }
  return { ...before, builds: before.builds + builds.length, written, known, failed };
}

/** The records of the latest attempt, and the stages of earlier ones. */
async function wholeTimeline(
  devOps: AzureDevOps,
  projectId: string,
  buildId: number,
): Promise<readonly TimelineRecord[]> {
  const latest = await devOps.timeline(projectId, buildId);
  const earlier = new Set(
    latest
      .filter(({ type }) => type === 'Stage')
      .flatMap(({ previousAttempts }) => (previousAttempts ?? []).map(({ timelineId }) => timelineId)),
  );
  const records = new Map(latest.map((record) => [recordKey(record), record]));
  for (const timelineId of earlier) {
    for (const record of await devOps.timeline(projectId, buildId, timelineId)) {
      if (record.type === 'Stage' && !records.has(recordKey(record))) records.set(recordKey(record), record);
    }
  }
  return [...records.values()];
}

function recordKey({ id, identifier, type, attempt }: TimelineRecord): string {
  return type === 'Stage' ? `${identifier}/${attempt ?? 1}` : id;
}

/** Whether an error concerns one build only. Otherwise the service refuses or is unavailable, for all builds. */
function isAboutOneBuild(error: unknown): error is Error {
  if (error instanceof RowsRefusedError || error instanceof UnreadableEventError) return true;
  return error instanceof AzureDevOpsError && ['invalidAnswer', 'notFound', 'forbidden'].includes(error.kind);
}

function later(a: string, b: string | undefined): string {
  return b === undefined || Date.parse(a) >= Date.parse(b) ? a : b;
}
