/**
 * A random history of a project: builds, stages, reruns, rollbacks, hot fixes, classic releases, rollouts by Ev2, and runs
 * that deploy builds of other pipelines, as the events that tell of them, beside the plain facts that they tell.
 */
import { randomNumbers } from '../../../changelog/demo/deliveries.ts';
import { type Commit, Recorder, type Run } from '../../../changelog/demo/hook-events.ts';
import { ev2Change, ev2Progress, guidOf, type RawEvents, together } from '../../../kusto/demo/events.ts';

/** A build, with the place of its commit on its branch, from 1. */
export interface Built extends Run {
  readonly order: number;
  readonly contents: readonly Commit[];
}

export interface StateChange {
  readonly time: string;
  readonly state: string;
}

/** One deployment of a build to an environment; a rerun is another attempt of it. */
export interface Deployed {
  readonly source: 'azurepipelines' | 'expressv2';
  /** As its rows are in order. */
  readonly key: string;
  readonly environment: string;
  readonly built: Built;
  readonly attempts: StateChange[][];
}

export interface History {
  readonly name: string;
  readonly recorder: Recorder;
  readonly rollouts: RawEvents;
  readonly deployments: Deployed[];
  /** Every commit of a branch in its order, by pipeline and branch. */
  readonly branches: ReadonlyMap<string, readonly Commit[]>;
  /** A time at which nothing happened, with about half of it before. */
  readonly middle: string;
}

const minute = 60_000;
const environments = ['dev', 'test', 'production'] as const;
const people = ['ada@contoso.com', 'bea@contoso.com'] as const;
const main = 'refs/heads/main';

/** The history that `seed` stands for. Nothing in it is later than `now`. */
export function makeHistory(seed: number, now: Date): History {
  const random = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(of: readonly T[]): T => of[below(of.length)] as T;
  const name = `history ${seed}`;
  const project = { organization: 'histories', id: guidOf(name), name };
  const recorder = new Recorder(project);
  const deployments: Deployed[] = [];
  const branches = new Map<string, Commit[]>();
  const builds: Built[] = [];
  const rollouts: RawEvents[] = [];
  const stages: {
    built: Built;
    run: Run;
    stage: string;
    environment: string;
    deployed: Deployed;
    free: Date;
  }[] = [];
  const releases: { id: number; built: Built; deployed: Deployed; free: Date }[] = [];
  const actions = 6 + below(14);
  let clock = new Date(now.getTime() - 3 * 24 * 60 * minute);
  let ids = 100;

  /** A time of its own for everything that happens. */
  let happened = 0;
  const after = (time: Date, minutes: number): Date =>
    new Date(Math.floor(time.getTime() / 1_000) * 1_000 + minutes * minute + (happened++ % 1_000));
  const isPast = (time: Date): boolean => time < now;

  const pipelines = Array.from({ length: 1 + below(2) }, (_, at) => ({ id: 10 + at, name: `service-${at}` }));
  const deployer = { id: 90, name: 'deployer' };

  function build(): Built {
    const pipeline = pick(pipelines);
    const branch = pick([main, main, main, 'refs/heads/release/2', 'refs/heads/hotfix/urgent']);
    const key = `${pipeline.id} ${branch}`;
    const commits = branches.get(key) ?? [];
    branches.set(key, commits);
    const count = commits.length > 0 && random() < 0.25 ? 0 : 1 + below(3);
    const contents = Array.from({ length: count }, (_, at) => ({
      id: recorder.commitId(`${key} ${commits.length + at}`),
      message: `Change ${commits.length + at}`,
      author: pick(people),
      time: after(clock, at - 30),
    }));
    commits.push(...contents);
    // Without a new commit, some older one is built again.
    const order = count > 0 ? commits.length : 1 + below(commits.length);
    const id = ++ids;
    const built: Built = {
      id,
      number: `2026.${id}`,
      pipeline,
      repository: recorder.repository(pipeline.name),
      branch,
      commit: commits[order - 1]?.id ?? '',
      requestedFor: pick(people),
      created: after(clock, 0),
      order,
      contents,
    };
    builds.push(built);
    recorder.runChanged(built, 'inProgress', built.created);
    const finished = after(clock, 3);
    if (isPast(finished))
      recorder.built(built, 'succeeded', finished, { commits: contents.toReversed(), workItems: [] });
    else recorder.contains(built, { commits: contents.toReversed(), workItems: [] });
    return built;
  }

  /** Moves a stage through its states from a time on, as far as the past goes. @returns when it was last heard of */
  function attempt(
    deployed: Deployed,
    from: Date,
    canWait: boolean,
    tell: (state: string, time: Date, result?: string) => unknown,
  ): Date {
    const states: StateChange[] = [];
    deployed.attempts.push(states);
    let time = from;
    const enter = (
      state: string,
      minutes: number,
      result?: 'succeeded' | 'failed' | 'canceled' | 'skipped',
    ) => {
      time = after(time, minutes);
      if (!isPast(time)) return;
      tell(state, time, result);
      states.push({
        time: time.toISOString(),
        state: result ?? (state === 'waiting' ? 'blocked' : 'inProgress'),
      });
    };
    if (canWait && deployed.attempts.length > 1 && random() < 0.1) {
      enter('completed', 1, 'skipped');
      return time;
    }
    if (canWait && random() < 0.3) enter('waiting', 1);
    if (random() < 0.95) enter('running', 1 + below(20));
    if (random() < 0.9)
      enter('completed', 1 + below(90), pick(['succeeded', 'succeeded', 'succeeded', 'failed', 'canceled']));
    else return new Date(8.64e15);
    return time;
  }

  function runStage(built: Built, run: Run, environment: string, from: Date): Date {
    const stage = `deploy_${environment}`;
    const key = `azurepipelines/${project.organization}/${project.id}/${run.id}/${stage}/${project.id}/${built.id}`;
    const deployed: Deployed = { source: 'azurepipelines', key, environment, built, attempts: [] };
    deployments.push(deployed);
    recorder.deploysTo(run, stage, environment, after(from, 0));
    const which = { built, run, stage, environment, deployed };
    const free = goOn(which, from);
    stages.push({ ...which, free });
    return free;
  }

  function goOn({ run, stage, deployed }: Omit<(typeof stages)[number], 'free'>, from: Date): Date {
    const number = deployed.attempts.length + 1;
    return attempt(deployed, from, true, (state, time, result) =>
      recorder.stageChanged(
        { run, stage, attempt: number },
        state as 'running',
        time,
        result as 'failed' | undefined,
      ),
    );
  }

  function releaseTo(release: { id: number; built: Built; deployed: Deployed }, from: Date): Date {
    const number = release.deployed.attempts.length + 1;
    return attempt(release.deployed, from, false, (_, time, result) =>
      recorder.events.push(releaseEvent(recorder, release, number, time, result)),
    );
  }

  let middle = '';
  for (let action = 0; action < actions; action++) {
    clock = after(clock, 20 + below(400));
    if (!isPast(after(clock, 10))) break;
    if (action === Math.floor(actions / 2)) middle = after(clock, 0).toISOString();
    const what = random();
    const [anyBuild, anyStage, anyRelease] = [pick(builds), pick(stages), pick(releases)];
    if (what < 0.5 || !anyBuild) {
      const built = build();
      let time = after(clock, 5);
      for (const environment of environments) {
        if (random() < 0.3 || time > now) break;
        time = runStage(built, built, environment, time);
      }
    } else if (what < 0.75) {
      if (anyStage && anyStage.free < clock) anyStage.free = goOn(anyStage, clock);
    } else if (what < 0.83) {
      const run = {
        ...anyBuild,
        id: ++ids,
        number: `2026.${ids}`,
        pipeline: deployer,
        repository: recorder.repository('deployer'),
        commit: recorder.commitId('deployer'),
        branch: main,
        created: after(clock, 0),
      };
      recorder.runChanged(run, 'inProgress', run.created);
      consume(recorder, anyBuild);
      runStage(anyBuild, run, pick(environments), clock);
    } else if (what < 0.92) {
      if (anyRelease && anyRelease.free < clock && random() < 0.4)
        anyRelease.free = releaseTo(anyRelease, clock);
      else {
        const id = ++ids;
        const key = `azurepipelines/${project.organization}/${project.id}/release-${id}/live/${project.id}/${anyBuild.id}`;
        const release = {
          id,
          built: anyBuild,
          deployed: {
            source: 'azurepipelines' as const,
            key,
            environment: 'Live',
            built: anyBuild,
            attempts: [],
          },
        };
        deployments.push(release.deployed);
        releases.push({ ...release, free: releaseTo(release, clock) });
      }
    } else {
      const rollout = guidOf(`${name} rollout ${++ids}`);
      const payload = {
        serviceTreeId: guidOf(name),
        serviceGroup: `${anyBuild.pipeline.name}.${seed}`,
        buildNumber: anyBuild.number,
      };
      const key = `expressv2/${rollout}/${project.id}/${anyBuild.id}`;
      const deployed: Deployed = {
        source: 'expressv2',
        key,
        environment: 'Prod',
        built: anyBuild,
        attempts: [],
      };
      deployments.push(deployed);
      const start = after(clock, 1);
      rollouts.push(
        ev2Change(
          { organization: project.organization, project: project.id, id: anyBuild.id },
          payload,
          rollout,
          start,
        ),
      );
      attempt(deployed, start, false, (_, time, result) => {
        const progress = { entity: 'westus', state: result ?? 'InProgress', start, modified: time };
        rollouts.push(ev2Progress(payload, rollout, [{ ...progress, ...(result && { end: time }) }]));
      });
    }
  }
  return { name, recorder, rollouts: together(rollouts), deployments, branches, middle };
}

/** Makes the run that was recorded last one that consumes a build as a resource. */
function consume(recorder: Recorder, { id, number, pipeline }: Built): void {
  const event = recorder.events.at(-1) as { resource: { run: { resources: Record<string, unknown> } } };
  event.resource.run.resources.pipelines = {
    upstream: { pipeline: { id: pipeline.id, name: pipeline.name }, version: number, runId: id },
  };
}

function releaseEvent(
  { project, events }: Recorder,
  { id, built, deployed }: { readonly id: number; readonly built: Built; readonly deployed: Deployed },
  attempt: number,
  time: Date,
  result: string | undefined,
) {
  const release = { id, name: `Release-${id}` };
  const releaseDefinition = { id: 5, name: 'Release pipeline' };
  const date = time.toISOString();
  const started = {
    environment: {
      id,
      name: deployed.environment,
      status: 'inProgress',
      deploySteps: [{ id: attempt, attempt, status: 'inProgress', queuedOn: date }],
      release,
      releaseDefinition,
    },
    release: { id: 0, name: null, artifacts: [] },
  };
  const build = {
    type: 'Build',
    definitionReference: {
      project: { id: project.id },
      version: { id: String(built.id), name: built.number },
    },
  };
  const completed = {
    deployment: {
      id: attempt,
      release: { ...release, artifacts: [build] },
      releaseDefinition,
      releaseEnvironment: { id, name: deployed.environment },
      attempt,
      deploymentStatus: result,
      requestedFor: { uniqueName: built.requestedFor },
      completedOn: date,
    },
  };
  const [example] = events;
  return {
    ...example,
    id: guidOf(`${project.id} release ${id} ${attempt} ${date}`),
    eventType: `ms.vss-release.deployment-${result ? 'completed' : 'started'}-event`,
    publisherId: 'rm',
    message: { text: '' },
    resource: { ...(result ? completed : started), project: { id: project.id, name: project.name } },
    createdDate: date,
  };
}
