/**
 * Whole pipelines, their templates in place: stages come one after the other, every stage that deploys waits for what it
 * has started in all regions of its environment, and a release brings all of it to every environment.
 */
import type { Problem } from '../check/problem.ts';
import { resolved } from '../deployments.ts';
import { rollouts, serviceGroupOf } from '../ev2/package.ts';
import { isObject, type Json, type JsonObject, mappingsIn, textsIn } from '../json.ts';
import type { Sources } from '../sources.ts';
import { ExpansionError, expanded, variantsOf } from './expand.ts';
import { jobsOf, purposeProblems, stagesOf } from './purposes.ts';

/** Waits of ours, and a person's approval. */
const waits = ['WaitForDeployments@1', 'WaitForDeploymentsGate@1'];
const approval = 'ManualValidation@1';
/** Starts something that goes on after the step has ended. */
const starter = 'Ev2RARollout@2';
/** Variables that the platform sets, as far as they are used. */
const predefined = ['Build.ArtifactStagingDirectory', 'Build.BuildNumber', 'Pipeline.Workspace'];
const ofResources = ['runID', 'runName', 'projectID'];

type Report = (message: string) => void;
type Facts = Pick<Sources, 'pipelines' | 'environments' | 'ev2' | 'naming'>;

/** Problems of pipelines as a whole. */
export function stageProblems(facts: Facts): Problem[] {
  const { files, groups } = facts.pipelines;
  const problems: Problem[] = [];
  const unusedVariables = new Set(Object.values(groups).flat());
  const unusedGroups = new Set(Object.keys(groups));
  for (const [file, pipeline] of files) {
    if (file.includes('/')) continue;
    const report: Report = (message) => {
      problems.push({ place: `pipelines/${file}`, message });
    };
    const wholes: JsonObject[] = [];
    for (const variant of variantsOf(pipeline))
      try {
        const whole = expanded(file, files, variant);
        wholes.push(whole);
        for (const group of groupsOf(whole)) unusedGroups.delete(group);
        checkVariables(whole, facts, unusedVariables, report);
        checkOrder(stagesOf(whole), report);
        for (const stage of stagesOf(whole)) {
          checkStage(stage, report);
          checkRollout(stage, facts, report);
          checkPlaces(stage, facts, report);
        }
      } catch (error) {
        if (!(error instanceof ExpansionError)) throw error;
        report(error.message);
      }
    for (const message of purposeProblems(file, wholes, facts)) report(message);
  }
  for (const name of [...unusedVariables, ...unusedGroups])
    problems.push({ place: 'pipelines/variable-groups.json', message: `no pipeline uses ${name}` });
  return problems;
}

function groupsOf({ variables }: JsonObject): string[] {
  const list = Array.isArray(variables) ? variables.filter(isObject) : [];
  return list.flatMap(({ group }) => (group === undefined ? [] : [`${group}`]));
}

/** Every variable is one of the platform, of a group, or of the job that reads it. */
function checkVariables(whole: JsonObject, { pipelines }: Facts, unused: Set<string>, report: Report): void {
  const groups = groupsOf(whole);
  for (const group of groups)
    if (!pipelines.groups[group]) report(`variable-groups.json has no group ${group}`);
  const resources = isObject(whole.resources) ? whole.resources.pipelines : undefined;
  const own = (Array.isArray(resources) ? resources.filter(isObject) : []).map(
    ({ pipeline }) => `${pipeline}`,
  );
  const known = new Set([
    ...predefined,
    ...groups.flatMap((group) => pipelines.groups[group] ?? []),
    ...own.flatMap((name) => ofResources.map((what) => `resources.pipeline.${name}.${what}`)),
  ]);
  for (const part of mappingsIn(whole))
    if (typeof part.download === 'string' && ![...own, 'current'].includes(part.download))
      report(`there is no pipeline resource ${part.download}`);
  for (const stage of stagesOf(whole))
    for (const job of jobsOf(stage)) {
      const ofJob = isObject(job.variables) ? Object.keys(job.variables) : [];
      const texts = textsIn(job);
      for (const text of texts)
        for (const [, name = ''] of text.matchAll(/\$\(([A-Za-z][\w.]*)\)/g)) {
          unused.delete(name);
          if (!known.has(name) && !ofJob.includes(name)) report(`nothing sets the variable ${name}`);
        }
      for (const name of ofJob)
        if (!texts.some((text) => text.includes(`$(${name})`))) report(`nothing reads the variable ${name}`);
    }
}

/** Stages stand in their order, each behind all that come before it, and conditions read those that it depends on. */
function checkOrder(stages: readonly JsonObject[], report: Report): void {
  const before = new Map<string, ReadonlySet<string>>();
  for (const stage of stages) {
    const name = `${stage.stage}`;
    if (before.has(name)) report(`two stages are named ${name}`);
    if (before.size > 0 && stage.dependsOn === undefined) report(`${name} does not say what it comes after`);
    const own = textsIn(stage.dependsOn ?? []);
    for (const one of own) if (!before.has(one)) report(`there is no stage ${one} before ${name}`);
    const reached = new Set(own.flatMap((one) => [one, ...(before.get(one) ?? [])]));
    for (const one of before.keys()) if (!reached.has(one)) report(`${name} does not come after ${one}`);
    for (const one of own)
      if (own.some((other) => before.get(other)?.has(one)) && !`${stage.condition}`.includes(`.${one}.`))
        report(`${name} depends on ${one} twice, so its condition must read what came of it`);
    for (const [, one = ''] of JSON.stringify(stage).matchAll(/\b(?:stageD|d)ependencies\.(\w+)/g))
      if (!own.includes(one)) report(`${name} reads what ${one} gave, and does not depend on it`);
    before.set(name, reached);
    const jobs = jobsOf(stage).map(nameOfJob);
    if (jobs.length === 0) report(`${name} has no jobs`);
    for (const job of jobsOf(stage))
      for (const one of textsIn(job.dependsOn ?? []))
        if (!jobs.includes(one)) report(`there is no job ${one}`);
  }
}

/** A stage that deploys waits for what it has started, and one that changes data for an approval. */
function checkStage(stage: JsonObject, report: Report): void {
  const jobs = jobsOf(stage);
  for (const job of jobs) {
    const tasks = tasksIn(job);
    const isStarting = tasks.includes(starter);
    const isWaiting = tasks.some((task) => [...waits, approval].includes(task));
    if (isStarting && !('deployment' in job))
      report(`${stage.stage}: a rollout is started outside of a deployment job`);
    if ('deployment' in job) {
      if (typeof job.environment !== 'string')
        report(`${stage.stage}: ${job.deployment} has no environment, so no checks`);
      if (!(isStarting ? isWaitedFor(job, jobs) : isApproved(job, jobs)))
        report(`${stage.stage}: ${job.deployment} deploys, and nothing waits`);
    }
    if (tasks.includes('AzureLoadTest@1') && job.dependsOn === undefined)
      report(`${stage.stage}: a load test must come after the cases`);
    if (!isWaiting) continue;
    if (job.pool !== 'server' && tasks.includes(approval))
      report(`${stage.stage}: an approval needs a job with the pool server`);
    if (job.timeoutInMinutes === undefined)
      report(
        `${stage.stage}: ${nameOfJob(job)} waits, and has no timeoutInMinutes, so it ends after an hour`,
      );
  }
}

/** Whether jobs behind one wait, the last of them until the end. */
function isWaitedFor(job: JsonObject, jobs: readonly JsonObject[]): boolean {
  const waiting = jobs.filter((other) => tasksIn(other).some((task) => waits.includes(task)));
  const behind = waiting.filter((other) => textsIn(other.dependsOn ?? []).includes(nameOfJob(job)));
  const [last] = waiting.slice(-1);
  const isInLine = waiting.every(
    (other, index) =>
      index === 0 || textsIn(other.dependsOn ?? []).includes(nameOfJob(waiting[index - 1] ?? {})),
  );
  const { onTimeout = 'fail' } = inputsOf(last, waits);
  return behind.length > 0 && isInLine && onTimeout === 'fail';
}

function isApproved(job: JsonObject, jobs: readonly JsonObject[]): boolean {
  return jobs.some(
    (other) =>
      tasksIn(other).some((task) => [...waits, approval].includes(task)) &&
      textsIn(job.dependsOn ?? []).includes(nameOfJob(other)),
  );
}

/** A rollout is of one environment, and its waits are for its own service group in all regions of it. */
function checkRollout(stage: JsonObject, { environments, ev2 }: Facts, report: Report): void {
  const inputs = inputsOf(stage, [starter]);
  if (Object.keys(inputs).length === 0) return;
  const place = `${stage.stage}`;
  const rollout = rollouts.find((name) => inputs.RolloutSpecPath === `RolloutSpecs/${name}.json`);
  const packed = textsIn(stage).flatMap((text) => {
    const [, environment = '', name = ''] =
      /npm run infra -- package --env (\S+) --rollout (\S+) /.exec(text) ?? [];
    return environment === '' ? [] : [{ environment, name }];
  });
  const [{ environment, name } = { environment: '', name: '' }] = packed;
  const regions = environments.get(environment)?.regions.size;
  if (rollout === undefined || name !== rollout || regions === undefined) {
    report(`${place} must package and start the same rollout of an environment`);
    return;
  }
  if (inputs.StageMapName !== ev2.get(`StageMaps/${environment}.json`)?.name)
    report(`${place}: there is no stage map ${inputs.StageMapName}`);
  for (const job of jobsOf(stage)) {
    if ('deployment' in job && job.environment !== `deployments-${environment}`)
      report(`${place}: ${nameOfJob(job)} must use the environment deployments-${environment}`);
    if (!tasksIn(job).some((task) => waits.includes(task))) continue;
    const { deployments, minimumEntities, timeout } = inputsOf(job, waits);
    const filter = `${serviceGroupOf(rollout, environment)}/*`;
    if (deployments !== filter) report(`${place}: ${nameOfJob(job)} must wait for ${filter}`);
    if (minimumEntities !== regions)
      report(`${place}: ${nameOfJob(job)} must wait for the ${regions} regions of ${environment}`);
    const hours = Number(/^(\d+)h$/.exec(`${timeout}`)?.[1]);
    if (!(Number(job.timeoutInMinutes) > 60 * hours))
      report(
        `${place}: the wait of ${nameOfJob(job)} must end before its job does, so that its outcome is seen`,
      );
  }
  if (place !== `${rollout}_${environment}`) report(`${place} must be named ${rollout}_${environment}`);
}

/** What a stage of an environment names is of that environment, and spelled as the convention says. */
function checkPlaces(stage: JsonObject, { environments, naming }: Facts, report: Report): void {
  const [, own = ''] = /_([a-z]+)(?:_|$)/.exec(`${stage.stage}`) ?? [];
  const environment = environments.get(own);
  if (!environment) return;
  const settings = { ...environment.settings, location: environment.settings.primaryRegion ?? '' };
  const known = [naming.names, naming.hosts].flatMap((patterns) =>
    Object.values(resolved(patterns, naming, settings)),
  );
  const prefix = environment.settings.prefix ?? '';
  for (const text of textsIn(stage)) {
    for (const other of environments.keys())
      if (other !== own && new RegExp(`\\b(?:${prefix}${other}|${other}\\b)`).test(text))
        report(`${stage.stage} names ${other}: ${text}`);
    if (new RegExp(`^(?:https://)?${prefix}[-a-z]`).test(text) && !known.includes(text))
      report(`${stage.stage}: ${text} is not in infra/naming.json`);
    if (/^deployments-[a-z0-9]+(?:-[a-z]+)?$/.test(text) && !text.endsWith(`-${own}`))
      report(`${stage.stage}: ${text} is not of ${own}`);
  }
}

/** The inputs of the first step with one of some tasks. */
function inputsOf(part: JsonObject | undefined, tasks: readonly string[]): JsonObject {
  const { inputs } = mappingsIn(part ?? {}).find(({ task }) => tasks.includes(`${task}`)) ?? {};
  return isObject(inputs) ? inputs : {};
}

function nameOfJob({ job, deployment }: JsonObject): string {
  return String(job ?? deployment);
}

function tasksIn(part: Json): string[] {
  return mappingsIn(part).flatMap(({ task }) => (typeof task === 'string' ? [task] : []));
}
