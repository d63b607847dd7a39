/**
 * The project Storefront, delivered by GitOps. Three services have a source repository each. Their pipelines build an image and
 * ask for its deployment by a pull request in the repository of high-level definitions (HLD). The pipeline of that
 * repository writes manifests for one environment after another, and the clusters of each environment set a tag where
 * they have read them. No pipeline says which of its runs belongs to which: only the events tell.
 */
import { guidOf } from '../../kusto/demo/events.ts';
import { minutesAfter, randomNumbers, recordStage, type StageCourse } from './deliveries.ts';
import { type Commit, Recorder, type Run } from './hook-events.ts';

export const storefrontProject = {
  organization: 'contoso',
  id: guidOf('contoso Storefront'),
  name: 'Storefront',
} as const;

export const storefrontServices = ['cart', 'catalog', 'checkout'] as const;
export type StorefrontService = (typeof storefrontServices)[number];

export const storefrontEnvironments = ['dev', 'qa', 'staging', 'prod'] as const;

/** The metadata and manifest repositories, whose names the project's settings have. */
export const hldRepository = 'storefront-hld';
export const manifestRepository = 'storefront-manifests';

const people = [
  'margaret.hamilton@contoso.com',
  'tim.berners@contoso.com',
  'radia.perlman@contoso.com',
] as const;
const approver = 'edsger.dijkstra@contoso.com';
const reviewer = 'dorothy.vaughan@contoso.com';
const buildService = 'Project Collection Build Service (contoso)';
const fluxOf = (environment: string): string => `flux@${environment}.storefront.contoso.com`;

const minutesPerDay = 1_440;
const days = 40;

/** The events of the project up to `now`. */
export function recordStorefront(now: Date): Recorder {
  const storefront = new Storefront(now);
  const random = randomNumbers(104_729);
  let time = minutesAfter(now, -days * minutesPerDay);
  for (let release = 0; time < minutesAfter(now, -2 * minutesPerDay); release++) {
    const service = storefrontServices[release % storefrontServices.length] as StorefrontService;
    const fate = random();
    const reach = fate < 0.1 ? 1 : fate < 0.3 ? 3 : 4;
    storefront.deliver(service, time, {
      commits: 1 + Math.floor(4 * random()),
      reach,
      approval: 30 + 200 * random(),
    });
    time = minutesAfter(time, (0.5 + 0.8 * random()) * minutesPerDay);
  }
  storefront.deliver('cart', minutesAfter(now, -2_000), { commits: 2, reach: 4, approval: 45 });
  storefront.deliver('catalog', minutesAfter(now, -1_400), { commits: 3, reach: 4, approval: 60 });
  storefront.deliver('checkout', minutesAfter(now, -500), { commits: 1, reach: 3, approval: 'pending' });
  storefront.deliver('cart', minutesAfter(now, -150), { commits: 4, reach: 2, approval: 45, fails: true });
  return storefront.recorder;
}

interface Delivery {
  readonly commits: number;
  /** How many environments it comes to. */
  readonly reach: number;
  /** Minutes until production is approved, or `pending`. */
  readonly approval: StageCourse['approval'];
  /** Whether the last environment that it reaches fails. */
  readonly fails?: boolean;
}

class Storefront {
  readonly recorder = new Recorder(storefrontProject);
  readonly #begin: Date;
  readonly #tips = new Map<string, string>();
  #made = 0;
  #pullRequests = 0;

  constructor(now: Date) {
    this.#begin = minutesAfter(now, -days * minutesPerDay);
  }

  /** A change of a service, from its commits to where it comes. */
  deliver(service: StorefrontService, time: Date, delivery: Delivery): void {
    const author = people[this.#made % people.length] as string;
    const commits = Array.from({ length: delivery.commits }, (_, at) =>
      this.#commit(`${service}: step ${at + 1}`, author, minutesAfter(time, at - delivery.commits)),
    );
    const build = this.#build(service, commits, author, time);
    const merged = this.#update(service, build, minutesAfter(time, 15));
    this.#rollOut(service, build, merged, minutesAfter(time, 40), delivery);
  }

  /** Commits come to the main branch, and the service's pipeline builds an image of them. */
  #build(service: StorefrontService, commits: readonly Commit[], author: string, time: Date): Run {
    this.#push(service, 'refs/heads/main', commits, author, time);
    const run = this.#run(21 + storefrontServices.indexOf(service), service, service, time, author);
    this.recorder.runChanged(run, 'inProgress', run.created);
    recordStage(this.recorder, run, { stage: 'build', result: 'succeeded', minutes: 12 }, run.created);
    const end = minutesAfter(run.created, 13);
    this.recorder.runChanged(run, 'completed', end, 'succeeded');
    const workItems = commits.length > 2 ? [7_000 + this.#made] : [];
    this.recorder.built(run, 'succeeded', end, { commits: commits.toReversed(), workItems });
    return run;
  }

  /** The build pushes a branch with the new image to the HLD repository, and somebody merges it. @returns what came to main */
  #update(service: StorefrontService, build: Run, time: Date): readonly Commit[] {
    const tag = `${service}-${build.number}`;
    const branch = `refs/heads/DEPLOY/${tag}`;
    const change = this.#commit(`Deploy ${tag}`, buildService, time);
    const before = this.#tipOf(hldRepository);
    const repository = this.recorder.repository(hldRepository);
    this.recorder.pushed({ repository, ref: branch, before, commits: [change], by: buildService, time });
    const merge = this.#commit(
      `Merged PR ${++this.#pullRequests}: Deploy ${tag}`,
      approver,
      minutesAfter(time, 18),
    );
    this.recorder.merged({
      repository,
      pullRequest: this.#pullRequests,
      title: `Deploy ${service} ${build.number}`,
      source: branch,
      sourceCommit: change.id,
      targetCommit: before,
      mergeCommit: merge.id,
      createdBy: buildService,
      closedBy: approver,
      approvedBy: reviewer,
      opened: minutesAfter(time, 1),
      time: merge.time,
    });
    this.#push(hldRepository, 'refs/heads/main', [change, merge], approver, merge.time);
    return [change, merge];
  }

  /** The HLD pipeline writes the manifests of one environment after another. */
  #rollOut(
    service: StorefrontService,
    build: Run,
    merged: readonly Commit[],
    time: Date,
    { reach, approval, fails = false }: Delivery,
  ): void {
    const run = this.#run(30, hldRepository, hldRepository, time, approver);
    this.recorder.runChanged(run, 'inProgress', run.created);
    let end = run.created;
    for (const [index, environment] of storefrontEnvironments.entries()) {
      const isProduction = environment === 'prod';
      const isReached = index < reach;
      const course = { stage: environment, environment, minutes: 5, ...(isProduction && { approval }) };
      if (isProduction && approval === 'pending') {
        recordStage(this.recorder, run, course, end);
        return;
      }
      const hasFailed = fails && index === reach - 1;
      const result = !isReached ? 'skipped' : hasFailed ? 'failed' : 'succeeded';
      const start = end;
      end = recordStage(this.recorder, run, { ...course, result }, start);
      if (result === 'succeeded') this.#sync(service, build, environment, minutesAfter(end, -2));
    }
    const result = fails ? 'failed' : 'succeeded';
    this.recorder.runChanged(run, 'completed', end, result);
    this.recorder.built(run, result, end, { commits: merged.toReversed(), workItems: [] });
  }

  /** A stage pushes manifests, and the cluster of its environment tags what it has read. */
  #sync(service: StorefrontService, build: Run, environment: string, time: Date): void {
    const manifest = this.#commit(`${environment}: ${service} ${build.number}`, buildService, time);
    this.#push(manifestRepository, 'refs/heads/main', [manifest], buildService, time);
    const repository = this.recorder.repository(manifestRepository);
    const ref = `refs/tags/flux-${environment}`;
    const before = this.#tipOf(ref);
    this.#tips.set(ref, manifest.id);
    const tag = { repository, ref, before, commits: [], tip: manifest.id, by: fluxOf(environment) };
    this.recorder.pushed({ ...tag, time: minutesAfter(time, 4) });
  }

  #push(name: string, ref: string, commits: readonly Commit[], by: string, time: Date): void {
    const before = this.#tipOf(name);
    this.recorder.pushed({ repository: this.recorder.repository(name), ref, before, commits, by, time });
    this.#tips.set(name, commits.at(-1)?.id ?? before);
  }

  #run(pipeline: number, name: string, repository: string, time: Date, requestedFor: string): Run {
    const created = minutesAfter(time, 1);
    const sinceBegin = Math.floor((created.getTime() - this.#begin.getTime()) / 60_000);
    return {
      id: 900_000 + 10 * sinceBegin + (pipeline % 10),
      number: `${created.toISOString().slice(0, 10).replaceAll('-', '')}.${this.#made}`,
      pipeline: { id: pipeline, name },
      repository: this.recorder.repository(repository),
      branch: 'refs/heads/main',
      commit: this.#tipOf(repository),
      requestedFor,
      created,
    };
  }

  #commit(message: string, author: string, time: Date): Commit {
    return { id: this.recorder.commitId(`${this.#made++}`), message, author, time };
  }

  #tipOf(name: string): string {
    return this.#tips.get(name) ?? this.recorder.commitId(`${name} root`);
  }
}
