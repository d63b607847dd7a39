/** What introspection should say of a random history at a time, from its plain facts. */
import type { Commit } from '../../../changelog/demo/hook-events.ts';
import type { Built, Deployed, History, StateChange } from './history.ts';

/** An attempt of a deployment, as it stood. */
export interface Stand {
  readonly deployed: Deployed;
  readonly built: Built;
  readonly attempt: number;
  readonly state: string;
  /** Null while it goes on. */
  readonly end: string | null;
  readonly began: string;
}

const forever = '9';
const ends = ['succeeded', 'failed', 'canceled', 'skipped'];
const order = ({ end, began }: Stand): string => end ?? `${forever}${began}`;
const byOrder = (a: Stand, b: Stand): number =>
  order(a) === order(b) ? (a.deployed.key < b.deployed.key ? -1 : 1) : order(a) < order(b) ? -1 : 1;

/** The attempts that deployed something, by deployment. */
export function attemptsAt({ deployments }: History, time: string): Stand[][] {
  return deployments.map((deployed) => {
    const attempts = deployed.attempts.map((states) => states.filter((state) => state.time <= time));
    const all = attempts.flat();
    // Azure Pipelines cancels and skips stages that never began.
    const isSeen = ({ state }: StateChange) => state !== 'canceled' && state !== 'skipped';
    const isStage = deployed.source === 'azurepipelines' && !isRelease(deployed);
    if (isStage && !all.some(isSeen)) return [];
    if (isRelease(deployed) && !hasEnded(deployed)) return [];
    return attempts.flatMap((states, index) => {
      const last = states.at(-1);
      if (!last || last.state === 'skipped') return [];
      const end = ends.includes(last.state) ? last.time : null;
      const began = all[0]?.time ?? '';
      return [{ deployed, built: deployed.built, attempt: index + 1, state: last.state, end, began }];
    });
  });
}

export const isRelease = ({ environment }: Deployed): boolean => environment === 'Live';

/** Only the event of an end names what a release deploys. */
const hasEnded = ({ attempts }: Deployed): boolean =>
  attempts.flat().some(({ state }) => ends.includes(state));

export const placementsAt = (history: History, time: string): Stand[] =>
  attemptsAt(history, time).flatMap((attempts) => attempts.at(-1) ?? []);

export const serviceOf = ({ built }: Stand): string => built.pipeline.name;
const isIn = (a: Stand, b: Stand): boolean =>
  serviceOf(a) === serviceOf(b) && a.deployed.environment === b.deployed.environment;

/** The last that succeeded before it in its environment, of any other deployment. */
export function before(one: Stand, all: readonly Stand[]) {
  const ended = all
    .filter((other) => isIn(other, one) && other.end !== null && other.deployed !== one.deployed)
    .filter((other) => byOrder(other, one) < 0)
    .toSorted(byOrder);
  const succeeded = ended.filter(({ state }) => state === 'succeeded');
  const same = succeeded.filter(({ built }) => built.branch === one.built.branch);
  return { last: succeeded.at(-1), same: same.at(-1), directly: ended.at(-1) };
}

/** @param all every attempt as it stood when `one` stood as it does */
export function kindOf(one: Stand, all: readonly Stand[]): string {
  const { last, same, directly } = before(one, all);
  const { built } = one;
  if (!last) return 'first';
  if (last.built.commit === built.commit) return 'redeployment';
  if (same && built.order < same.built.order) return 'rollback';
  if (built.branch.includes('hotfix')) return 'hotFix';
  if (!same) return directly?.state === 'failed' ? 'hotFix' : 'unknown';
  return built.order > same.built.order ? 'forward' : 'rollback';
}

/** The environments of a service in their order. */
const columns = ['dev', 'test', 'Live', 'Prod', 'production'];

/** The cells of the matrix, a line for each placement in them. */
export function matrixAt(history: History, time: string, isNow: boolean): string[] {
  const isKept = ({ deployed }: Stand) => isNow || deployed.source === 'azurepipelines';
  const all = attemptsAt(history, time).flat();
  const placed = placementsAt(history, time).filter(isKept);
  const services = [...new Set(placed.map(serviceOf))];
  return services.flatMap((service) => {
    let ahead: Stand | undefined;
    return columns.flatMap((environment) => {
      const cell = placed
        .filter((one) => serviceOf(one) === service && one.deployed.environment === environment)
        .toSorted(byOrder);
      const current = cell.findLast(({ state }) => state === 'succeeded');
      const since = cell
        .filter((one) => one.state !== 'succeeded' && (!current || byOrder(current, one) < 0))
        .toReversed();
      const behind =
        current && ahead?.built.branch === current.built.branch
          ? Math.max(0, ahead.built.order - current.built.order)
          : null;
      ahead = current ?? ahead;
      const more = Math.max(0, since.length - 5);
      return [...(current ? [current] : []), ...since.slice(0, 5)].map((one) =>
        [
          ...[service, environment, one === current ? 0 : since.indexOf(one) + 1, one.built.id, one.state],
          ...[one.end, kindOf(one, all), `behind ${behind}`, `more ${more}`],
        ].join(' '),
      );
    });
  });
}

/** A line for each placement. */
export function changesAt(history: History, time: string, isNow: boolean): string[] {
  const all = attemptsAt(history, time).flat();
  return placementsAt(history, time)
    .filter(({ deployed }) => isNow || deployed.source === 'azurepipelines')
    .map((one) =>
      [serviceOf(one), one.deployed.environment, one.built.id, one.state, one.end, kindOf(one, all)].join(
        ' ',
      ),
    );
}

/** What a placement brought or took away. */
export function newsOf(history: History, one: Stand, all: readonly Stand[]) {
  const { last } = before(one, all);
  const { built } = one;
  const commits = history.branches.get(`${built.pipeline.id} ${built.branch}`) ?? [];
  const ids = (of: readonly Commit[]): string[] => of.map(({ id }) => id).toSorted();
  if (last?.built.branch !== built.branch)
    return {
      since: last?.built.id,
      direction: last ? 'unknown' : 'forward',
      commits: ids(built.contents),
    };
  const [low, high] = [built.order, last.built.order].toSorted((a, b) => a - b) as [number, number];
  const direction = built.order < last.built.order ? 'backward' : 'forward';
  return { since: last.built.id, direction, commits: ids(commits.slice(low, high)) };
}

/** What each measure counts over everything, as numbers in order. */
export function measuresOf(history: History, now: string): Record<string, number[]> {
  const all = attemptsAt(history, now).flat();
  const cells = new Map<string, Stand[]>();
  for (const one of all
    .filter(({ state }) => state === 'succeeded' || state === 'failed')
    .toSorted(byOrder)) {
    const key = `${serviceOf(one)} ${one.deployed.environment}`;
    cells.set(key, [...(cells.get(key) ?? []), one]);
  }
  const judged = [...cells.values()].flatMap((cell) => {
    const kinds = cell.map((one) => kindOf(one, all));
    const isUndoing = (kind: string | undefined) => kind === 'rollback' || kind === 'hotFix';
    const failed = cell.map(({ state }, at) => state === 'failed' || isUndoing(kinds[at + 1]));
    return cell.map((one, at) => ({
      one,
      kind: kinds[at] as string,
      failed: failed[at] as boolean,
      rework: isUndoing(kinds[at]) || (cell[at - 1]?.state === 'failed' && cell[at - 1]?.built === one.built),
      recovered:
        failed[at] && !failed[at - 1] ? cell.slice(at).find((_, next) => !failed[at + next]) : undefined,
    }));
  });
  const seconds = (from: string | Date, to: string | null) =>
    (Date.parse(String(to)) - Number(new Date(from))) / 1_000;
  const good = judged.filter(({ one }) => one.state === 'succeeded');
  const sorted = (of: number[]) => of.toSorted((a, b) => a - b);
  return {
    deploymentFrequency: good.map(() => 1),
    changeLeadTime: sorted(
      good
        .filter(({ kind }) => kind !== 'rollback' && kind !== 'redeployment')
        .map(({ one: { built, end } }) => {
          const made = history.branches.get(`${built.pipeline.id} ${built.branch}`)?.[built.order - 1]?.time;
          return seconds(made as Date, end);
        }),
    ),
    changeFailRate: sorted(judged.map(({ failed }) => (failed ? 1 : 0))),
    failedDeploymentRecoveryTime: sorted(
      judged.flatMap(({ one, recovered }) => (recovered ? [seconds(String(one.end), recovered.end)] : [])),
    ),
    deploymentReworkRate: sorted(
      judged.filter(({ kind, rework }) => rework || kind !== 'unknown').map(({ rework }) => (rework ? 1 : 0)),
    ),
  };
}
