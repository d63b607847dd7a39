/**
 * What introspection should say of a recorded project, worked out from the raw events in the plainest way: state by state,
 * without any of the product's queries. Knows what the demonstration projects do, and no more.
 */
import type { BuildContents, Recorder } from '../../../changelog/demo/hook-events.ts';

type Json = Readonly<Record<string, never>> & Readonly<Record<string, unknown>>;

/** A deployment of a build to an environment, as it stands; or one attempt of it. */
export interface ModelPlacement {
  /** Who asked for its run. */
  readonly by: string;
  readonly service: string;
  readonly environment: string;
  readonly build: number;
  readonly version: string;
  readonly branch: string;
  readonly commit: string;
  readonly state: string;
  readonly end: string | null;
  readonly touched: string;
}

interface Attempt {
  readonly attempt: number;
  readonly state: string;
  readonly result: string;
  readonly time: string;
}

interface RunFacts {
  readonly id: number;
  readonly number: string;
  readonly pipeline: string;
  readonly branch: string;
  readonly commit: string;
  readonly by: string;
}

const final = new Set(['succeeded', 'failed', 'canceled']);
const seven = (time: string): string => time.replace('Z', '0000Z');
const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Json | undefined)?.[name], value);

/** The placements of a project by the events up to `time` (ISO 8601). */
export function placementsAt(recorder: Recorder, time: string): ModelPlacement[] {
  return attemptsAt(recorder, time).flatMap((attempts) => attempts.at(-1) ?? []);
}

/** The attempts of each placement, in their order; skipped ones deployed nothing. */
export function attemptsAt(recorder: Recorder, time: string): ModelPlacement[][] {
  const events = recorder.events.filter(({ createdDate }) => String(createdDate) <= time);
  const runs = new Map<number, RunFacts>();
  const attempts = new Map<string, Map<number, Attempt[]>>();
  for (const { eventType, resource } of recorder.events) {
    const run = at(resource, 'run');
    if (String(eventType).includes('run-state')) {
      const self = at(run, 'resources', 'repositories', 'self');
      runs.set(Number(at(run, 'id')), {
        id: Number(at(run, 'id')),
        number: String(at(run, 'name')),
        pipeline: String(at(run, 'pipeline', 'name')),
        branch: String(at(self, 'refName')),
        commit: String(at(self, 'version')),
        by: String(at(resource, 'requestedFor', 'uniqueName')),
      });
    }
  }
  for (const { eventType, resource, createdDate } of events) {
    if (!String(eventType).includes('stage-state')) continue;
    const stage = at(resource, 'stage');
    const key = `${at(resource, 'run', 'id')} ${at(stage, 'name')}`;
    const attempt = Number(at(stage, 'attempt'));
    const ofStage = attempts.get(key) ?? new Map<number, Attempt[]>();
    attempts.set(key, ofStage);
    ofStage.set(attempt, [
      ...(ofStage.get(attempt) ?? []),
      {
        attempt,
        state: String(at(stage, 'state')),
        result: String(at(stage, 'result') ?? ''),
        time: String(createdDate),
      },
    ]);
  }
  // A rerun records its environment again.
  const deploying = new Map(
    recorder.environments.map((one) => [`${one.runId} ${one.stageName} ${one.environment}`, one]),
  );
  return [...deploying.values()].flatMap(({ runId, stageName, environment }) => {
    const ofStage = attempts.get(`${runId} ${stageName}`);
    const run = runs.get(runId);
    if (!ofStage || !run) return [];
    const last = [...ofStage.values()].map(latest).filter(({ result }) => result !== 'skipped');
    const built = buildOf(recorder, run, runs);
    return [
      last
        .toSorted((a, b) => a.attempt - b.attempt)
        .map((counts) => ({
          by: run.by,
          service: built.pipeline,
          environment,
          build: built.id,
          version: built.number,
          branch: built.branch,
          commit: built.commit,
          state:
            counts.state === 'completed'
              ? counts.result
              : counts.state === 'waiting'
                ? 'blocked'
                : 'inProgress',
          end: counts.state === 'completed' ? seven(counts.time) : null,
          touched: seven(counts.time),
        })),
    ];
  });
}

function latest(attempts: readonly Attempt[]): Attempt {
  const rank = ({ state }: Attempt) => ['waiting', 'running', 'completed'].indexOf(state);
  return attempts.toSorted((a, b) => rank(b) - rank(a) || b.time.localeCompare(a.time))[0] as Attempt;
}

/** The run of the HLD pipeline deploys the build that its commit names; every other run deploys itself. */
function buildOf(recorder: Recorder, run: RunFacts, runs: ReadonlyMap<number, RunFacts>): RunFacts {
  const push = recorder.events.find(
    ({ eventType, resource }) =>
      eventType === 'git.push' &&
      (at(resource, 'commits') as readonly Json[]).some(({ commitId }) => commitId === run.commit) &&
      String(at(resource, 'repository', 'name')).endsWith('-hld') &&
      !String((at(resource, 'refUpdates') as readonly Json[])[0]?.name).includes('DEPLOY'),
  );
  const [, service, number] =
    /Deploy (\w+)-([\d.]+)$/.exec(String((at(push?.resource, 'commits') as readonly Json[])?.[0]?.comment)) ??
    [];
  return [...runs.values()].find((other) => other.pipeline === service && other.number === number) ?? run;
}

/** How a placement by GitOps came to its environment: what was pushed and merged with the number of its build. */
export interface ModelPath {
  readonly proposed: string;
  readonly pullRequest: number;
  readonly approvedBy: string;
  readonly mergedBy: string;
  /** Empty where its stage did not get to it. */
  readonly manifest: string;
  readonly clusters: readonly string[];
}

/** The way of a placement of Storefront. */
export function pathOf(recorder: Recorder, { service, environment, version }: ModelPlacement): ModelPath {
  const tag = `${service}-${version}`;
  const pushes = recorder.events
    .filter(({ eventType }) => eventType === 'git.push')
    .map(({ resource }) => ({
      repository: String(at(resource, 'repository', 'name')),
      ref: String((at(resource, 'refUpdates') as readonly Json[])[0]?.name),
      tip: String((at(resource, 'refUpdates') as readonly Json[])[0]?.newObjectId),
      texts: (at(resource, 'commits') as readonly Json[]).map(({ comment }) => String(comment)),
    }));
  const merge = recorder.events.find(
    ({ eventType, resource }) =>
      eventType === 'git.pullrequest.merged' && String(at(resource, 'sourceRefName')).endsWith(`/${tag}`),
  )?.resource;
  const manifest =
    pushes.find(({ texts }) => texts.includes(`${environment}: ${service} ${version}`))?.tip ?? '';
  return {
    proposed: pushes.find(({ ref }) => ref === `refs/heads/DEPLOY/${tag}`)?.tip ?? '',
    pullRequest: Number(at(merge, 'pullRequestId')),
    approvedBy: String((at(merge, 'reviewers') as readonly Json[])[0]?.uniqueName),
    mergedBy: String(at(merge, 'closedBy', 'uniqueName')),
    manifest,
    clusters: pushes
      .filter(({ ref, tip }) => manifest !== '' && ref.startsWith('refs/tags/flux-') && tip === manifest)
      .map(({ ref }) => ref.replace('refs/tags/flux-', '')),
  };
}

/** One cell of the matrix: what is there, what came since (newest first). */
export function cellsOf(placements: readonly ModelPlacement[]) {
  const cells = new Map<string, ModelPlacement[]>();
  for (const one of placements) {
    const key = `${one.service} ${one.environment}`;
    cells.set(key, [...(cells.get(key) ?? []), one]);
  }
  return new Map(
    [...cells].map(([key, all]) => {
      const ended = (one: ModelPlacement) => one.end ?? '9';
      const current = all
        .filter(({ state }) => state === 'succeeded')
        .toSorted((a, b) => ended(b).localeCompare(ended(a)))[0];
      const since = all.filter(
        (one) =>
          one.state !== 'succeeded' && (!final.has(one.state) || !current || ended(one) > ended(current)),
      );
      return [key, { current, since, all }];
    }),
  );
}

/** The commits of a branch in the order in which they were pushed to it. */
export function branchOrder(recorder: Recorder, repository: string, branch: string): string[] {
  return recorder.events
    .filter(
      ({ eventType, resource }) =>
        eventType === 'git.push' &&
        at(resource, 'repository', 'name') === repository &&
        (at(resource, 'refUpdates') as readonly Json[])[0]?.name === branch,
    )
    .toSorted((a, b) => String(a.createdDate).localeCompare(String(b.createdDate)))
    .flatMap(({ resource }) =>
      (at(resource, 'commits') as readonly Json[]).map(({ commitId }) => String(commitId)),
    );
}

/** How a placement follows from the successful one before it in its cell. */
export function kindOf(recorder: Recorder, one: ModelPlacement, all: readonly ModelPlacement[]): string {
  const before = all
    .filter(({ state, end }) => state === 'succeeded' && end !== null && end < (one.end ?? '9'))
    .toSorted((a, b) => String(b.end).localeCompare(String(a.end)));
  const order = branchOrder(recorder, one.service, one.branch);
  const same = before.find(({ branch }) => branch === one.branch);
  if (!before[0]) return 'first';
  if (before[0].commit === one.commit) return 'redeployment';
  if (same && order.indexOf(one.commit) < order.indexOf(same.commit)) return 'rollback';
  if (one.branch.includes('hotfix')) return 'hotFix';
  if (!same) return 'unknown';
  return order.indexOf(one.commit) > order.indexOf(same.commit) ? 'forward' : 'rollback';
}

/** The largest build of a recording. */
export function largestBuild(recorder: Recorder): BuildContents {
  return recorder.contents.toSorted((a, b) => b.commits.length - a.commits.length)[0] as BuildContents;
}
