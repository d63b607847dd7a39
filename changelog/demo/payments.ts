/**
 * The project Payments: five services, each with a repository and a pipeline of its own that goes from build to
 * production. A hundred days of history, and today an approval that waits, a rollback, a hot fix, a failed staging, and
 * a deployment that moves.
 */
import { guidOf } from '../../kusto/demo/events.ts';
import { minutesAfter, randomNumbers, recordStage, recordStages, type StageCourse } from './deliveries.ts';
import {
  type BuildContents,
  type Commit,
  Recorder,
  type Repository,
  type Result,
  type Run,
} from './hook-events.ts';

export const paymentsProject = {
  organization: 'contoso',
  id: guidOf('contoso Payments'),
  name: 'Payments',
} as const;

export const paymentsServices = [
  'card-gateway',
  'fraud-scoring',
  'ledger-api',
  'settlement-worker',
  'statement-web',
] as const;
export type PaymentsService = (typeof paymentsServices)[number];

const people = [
  'grace.hopper@contoso.com',
  'katherine.johnson@contoso.com',
  'alan.kay@contoso.com',
  'barbara.liskov@contoso.com',
] as const;

const subjects = [
  'Retry the clearing call once',
  'Read limits from configuration',
  'Log the correlation id',
  'Reject amounts below zero',
  'Cache exchange rates for a minute',
  'Name the merchant in the receipt',
  'Update dependencies',
  'Round half to even',
  'Show why a card was declined',
  'Write the audit row first',
] as const;

const days = 100;
const minutesPerDay = 1_440;

/** The events of the project up to `now`. */
export function recordPayments(now: Date): Recorder {
  const recorder = new Recorder(paymentsProject);
  for (const service of paymentsServices) recordToday(recordHistory(recorder, service, now), service);
  return recorder;
}

/** A run, with what its build contains. */
type Release = Run & Omit<BuildContents, 'build'>;

/** A service whose past is recorded. */
interface History {
  readonly recorder: Recorder;
  readonly now: Date;
  readonly repository: Repository;
  readonly releases: Release[];
  /** Commits a push to `branch` at `time`, and the run that builds it. */
  release(time: Date, options?: ReleaseOptions): Release;
}

interface ReleaseOptions {
  readonly commits?: number;
  readonly branch?: string;
  readonly message?: string;
  /** Builds this commit again instead of new ones. */
  readonly again?: Release;
}

function recordHistory(recorder: Recorder, service: PaymentsService, now: Date): History {
  const index = paymentsServices.indexOf(service);
  const random = randomNumbers(7_919 * (index + 1));
  const begin = minutesAfter(now, -days * minutesPerDay);
  const history = historyOf(recorder, service, begin, now, random);
  // The last two days are told by hand.
  const last = minutesAfter(now, -2 * minutesPerDay);
  let time = minutesAfter(begin, 60 * index);
  for (let release = 0; time < last; release++) {
    const isImport = service === 'statement-web' && release === 20;
    const run = history.release(time, isImport ? { commits: 260, message: 'Import the archive' } : {});
    finish(history, run, coursesOf(random), minutesAfter(time, 2));
    time = minutesAfter(time, (1.5 + 2.5 * random()) * minutesPerDay);
  }
  return history;
}

/** How the stages of a usual run go. */
function coursesOf(random: () => number): StageCourse[] {
  const fate = random();
  const reach = random();
  return courses({
    test: fate < 0.07 ? 'failed' : 'succeeded',
    staging: reach > 0.85 ? 'skipped' : 'succeeded',
    production: reach > 0.6 ? 'skipped' : fate > 0.92 ? 'failed' : 'succeeded',
    approval: 10 + Math.floor(290 * random()),
  });
}

interface Outcomes {
  readonly test?: StageCourse['result'];
  readonly staging?: StageCourse['result'];
  readonly production?: StageCourse['result'];
  readonly approval?: StageCourse['approval'];
}

function courses({ approval = 30, ...outcomes }: Outcomes): StageCourse[] {
  const result = (stage: 'test' | 'staging' | 'production') =>
    stage in outcomes ? outcomes[stage] : 'succeeded';
  const ended = (of: StageCourse['result']) => (of === undefined ? {} : { result: of });
  return [
    { stage: 'build', result: 'succeeded', minutes: 6 },
    { stage: 'deploy_dev', environment: 'dev', result: 'succeeded', minutes: 4 },
    { stage: 'deploy_test', environment: 'test', ...ended(result('test')), minutes: 8 },
    { stage: 'deploy_staging', environment: 'staging', ...ended(result('staging')), minutes: 10 },
    {
      stage: 'deploy_production',
      environment: 'production',
      ...ended(result('production')),
      minutes: 15,
      approval,
    },
  ];
}

/** Records the stages of a run and its end; a production that failed is run again an hour later. */
function finish({ recorder }: History, run: Release, stages: readonly StageCourse[], start: Date): void {
  recorder.runChanged(run, 'inProgress', run.created);
  const { end, result } = recordStages(recorder, run, stages, start);
  if (result === undefined) {
    recorder.contains(run, run);
    return;
  }
  complete(recorder, run, result, end);
  const production = stages.at(-1);
  if (production?.result !== 'failed' || result !== 'failed') return;
  if (stages.some(({ stage, result: one }) => stage !== production.stage && one === 'failed')) return;
  const retry = { ...production, result: 'succeeded', attempt: 2, approval: 20 } as const;
  recordStage(recorder, run, retry, minutesAfter(end, 40));
}

function complete(recorder: Recorder, release: Release, result: Result, end: Date): void {
  recorder.runChanged(release, 'completed', end, result);
  recorder.built(release, result, end, release);
}

function historyOf(
  recorder: Recorder,
  service: PaymentsService,
  begin: Date,
  now: Date,
  random: () => number,
): History {
  const index = paymentsServices.indexOf(service);
  const repository = recorder.repository(service);
  const releases: Release[] = [];
  let tip = recorder.commitId(`${service} root`);
  let made = 0;
  let pullRequests = 0;

  const commit = (message: string | undefined, time: Date): Commit => ({
    id: recorder.commitId(`${service} ${made++}`),
    message: message ?? pick(subjects, random()),
    author: pick(people, random()),
    time,
  });

  function releaseAt(
    time: Date,
    { commits: count, branch = 'refs/heads/main', message, again }: ReleaseOptions = {},
  ) {
    const fresh = again
      ? []
      : Array.from({ length: count ?? 1 + Math.floor(5 * random()) }, (_, at, of = count ?? 6) =>
          commit(message, minutesAfter(time, -90 + (80 * at) / of)),
        );
    const newest = fresh.at(-1);
    if (newest) {
      const push = { repository, ref: branch, before: tip, by: newest.author, time };
      if (random() < 0.5 && branch === 'refs/heads/main') {
        // The commits of a branch come to main by a pull request; its merge commit is what is built.
        const pullRequest = 100 * (index + 1) + ++pullRequests;
        const topic = `refs/heads/users/${newest.author.split('.')[0]}/${pullRequest}`;
        recorder.pushed({ ...push, ref: topic, commits: fresh, time: minutesAfter(time, -5) });
        const merge = commit(`Merged PR ${pullRequest}: ${newest.message}`, time);
        recorder.merged({
          repository,
          pullRequest,
          title: newest.message,
          source: topic,
          sourceCommit: newest.id,
          targetCommit: tip,
          mergeCommit: merge.id,
          createdBy: newest.author,
          closedBy: pick(people, random()),
          opened: minutesAfter(time, -4),
          time,
        });
        fresh.push(merge);
      }
      recorder.pushed({ ...push, commits: fresh });
      if (branch === 'refs/heads/main') tip = fresh.at(-1)?.id ?? tip;
    }
    const halfHours = Math.floor((time.getTime() - begin.getTime()) / (30 * 60_000));
    const day = time.toISOString().slice(0, 10).replaceAll('-', '');
    const ofDay = releases.filter(({ number }) => number.startsWith(`${day}.`)).length + 1;
    const release: Release = {
      id: 400_000 + 10 * halfHours + index,
      number: `${day}.${ofDay}`,
      pipeline: { id: 11 + index, name: service },
      repository,
      branch,
      commit: again?.commit ?? fresh.at(-1)?.id ?? tip,
      requestedFor: again?.requestedFor ?? newest?.author ?? people[0],
      created: minutesAfter(time, 1),
      // Azure DevOps lists at most 200 changes of a build.
      commits: fresh.toReversed().slice(0, 200),
      workItems: fresh.length > 1 && random() < 0.6 ? [4_000 + 100 * index + releases.length] : [],
    };
    releases.push(release);
    return release;
  }
  return { recorder, now, repository, releases, release: releaseAt };
}

/** What the last two days brought to each service. */
function recordToday(history: History, service: PaymentsService): void {
  const { recorder, now } = history;
  const ago = (minutes: number): Date => minutesAfter(now, -minutes);
  const settled = history.release(ago(2_600));
  finish(history, settled, courses({}), ago(2_598));
  switch (service) {
    case 'ledger-api': {
      const run = history.release(ago(200));
      finish(history, run, courses({ approval: 'pending' }), ago(198));
      return;
    }
    case 'card-gateway': {
      const bad = history.release(ago(1_500));
      finish(history, bad, courses({}), ago(1_498));
      // Somebody runs the production stage of the run before again.
      recordStage(
        recorder,
        settled,
        {
          stage: 'deploy_production',
          environment: 'production',
          result: 'succeeded',
          minutes: 12,
          attempt: 2,
        },
        ago(1_300),
      );
      return;
    }
    case 'fraud-scoring': {
      const bad = history.release(ago(900));
      finish(history, bad, courses({}), ago(898));
      const fix = history.release(ago(600), {
        branch: 'refs/heads/hotfix/score-of-empty-baskets',
        commits: 1,
        message: 'Score empty baskets as zero',
      });
      finish(history, fix, courses({ approval: 5 }), ago(598));
      return;
    }
    case 'statement-web': {
      const run = history.release(ago(300));
      finish(history, run, courses({ staging: 'failed' }), ago(298));
      const stage = { stage: 'deploy_staging', environment: 'staging', minutes: 9, attempt: 2 } as const;
      recordStage(recorder, run, { ...stage, result: 'failed' }, ago(240));
      return;
    }
    case 'settlement-worker': {
      const older = history.releases.at(-3);
      // A new run at an older commit: the other way to go back, here in staging only.
      const run = history.release(ago(700), older ? { again: older } : {});
      finish(history, run, courses({ production: 'skipped' }), ago(698));
      return;
    }
  }
}

function pick<T>(from: readonly T[], random: number): T {
  return from[Math.floor(random * from.length)] as T;
}
