/**
 * What Azure Pipelines would say about infra/pipelines only when a run fails: tasks and inputs that do not exist, files that
 * are not there, undeclared parameters and variables, and stages that deploy without a wait behind them.
 */
import { parseDocument } from 'yaml';

/** A value of YAML. */
type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
type Mapping = { readonly [name: string]: Value };

export interface TaskInputs {
  /** By name; whether it is needed. */
  readonly inputs: ReadonlyMap<string, boolean>;
}

/** What the pipelines are checked against. */
export interface PipelineFacts {
  /** By `Name@major`. */
  readonly tasks: ReadonlyMap<string, TaskInputs>;
  readonly npmScripts: ReadonlySet<string>;
  /** Whether a path of the repository exists. */
  readonly exists: (path: string) => boolean;
}

/** Waits of ours, and a person's approval. */
const waits = ['WaitForDeployments@1', 'WaitForDeploymentsGate@1'];
const approval = 'ManualValidation@1';
/** Start something that goes on after the step has ended. */
const starters = ['Ev2RARollout@2'];
/** Variables that the platform sets. */
const predefined = /^(Build|System|Agent|Pipeline|resources\.pipeline)\./;
const folders = /(?<![\w./:-])(?:infra|scripts|test|tasks|docs|backend|kusto|cli)\/[\w./-]*[\w-]/g;

/** Every problem of the pipelines, each with its file. @param files texts by path in infra/pipelines */
export function pipelineProblems(files: ReadonlyMap<string, string>, facts: PipelineFacts): string[] {
  const problems: string[] = [];
  const parsed = new Map<string, Mapping>();
  for (const [path, text] of files) {
    const document = parseDocument(text);
    for (const { message } of document.errors) problems.push(`${path}: ${message}`);
    const value: unknown = document.toJS();
    if (isMapping(value)) parsed.set(path, value);
    else problems.push(`${path}: is not a mapping`);
  }
  for (const [path, pipeline] of parsed) {
    const report = (message: string): void => void problems.push(`${path}: ${message}`);
    for (const step of mappingsIn(pipeline)) {
      if (typeof step.task === 'string') checkTask(step.task, step.inputs, facts, report);
      if (typeof step.template === 'string') checkTemplate(path, step, parsed, report);
    }
    checkTexts(path, pipeline, facts, report);
    checkReferences(pipeline, report);
    for (const stage of stagesOf(pipeline)) checkStage(stage, report);
  }
  return problems;
}

type Report = (message: string) => void;

function checkTask(name: string, inputs: Value | undefined, { tasks }: PipelineFacts, report: Report): void {
  const task = tasks.get(name);
  if (!task) {
    report(`there is no task ${name}`);
    return;
  }
  const given = isMapping(inputs) ? Object.keys(inputs) : [];
  for (const input of given) if (!task.inputs.has(input)) report(`${name} has no input ${input}`);
  for (const [input, isNeeded] of task.inputs)
    if (isNeeded && !given.includes(input)) report(`${name} needs the input ${input}`);
}

/** A template is there, and gets the parameters that it has. */
function checkTemplate(
  path: string,
  { template, parameters }: Mapping,
  files: ReadonlyMap<string, Mapping>,
  report: Report,
): void {
  const place = resolved(path, String(template));
  const target = files.get(place);
  if (!target) {
    report(`there is no template ${template}`);
    return;
  }
  const declared = declaredParameters(target);
  const given = isMapping(parameters) ? Object.keys(parameters) : [];
  for (const name of given) if (!declared.has(name)) report(`${template} has no parameter ${name}`);
  for (const [name, hasDefault] of declared)
    if (!hasDefault && !given.includes(name)) report(`${template} needs the parameter ${name}`);
}

/** Parameters by name; whether they have a default. */
function declaredParameters({ parameters }: Mapping): ReadonlyMap<string, boolean> {
  const list = Array.isArray(parameters) ? parameters.filter(isMapping) : [];
  return new Map(list.map((one) => [String(one.name), 'default' in one]));
}

function checkTexts(path: string, pipeline: Mapping, facts: PipelineFacts, report: Report): void {
  const parameters = declaredParameters(pipeline);
  const hasGroup = textsIn(pipeline.variables ?? []).length > 0;
  const own = new Set(groupVariables(pipeline));
  for (const text of textsIn(pipeline)) {
    for (const [, script = ''] of text.matchAll(/npm run (?:--silent )?([\w:-]+)/g))
      if (!facts.npmScripts.has(script)) report(`there is no npm script ${script}`);
    for (const [file] of text.matchAll(folders)) if (!facts.exists(file)) report(`there is no file ${file}`);
    for (const [, name = ''] of text.matchAll(/parameters\.(\w+)/g))
      if (!parameters.has(name)) report(`there is no parameter ${name}`);
    // A library group is declared by its file; its variables stand in a comment beside it.
    for (const [, name = ''] of text.matchAll(/\$\(([A-Za-z][\w.]*)\)/g))
      if (!predefined.test(name) && !own.has(name) && !(hasGroup || path.startsWith('stages/')))
        report(`nothing sets the variable ${name}`);
    if (/\b(?:personal.?access.?token|AZURE_DEVOPS_EXT_PAT)\b/i.test(text))
      report('a personal access token is used');
  }
}

function groupVariables({ variables }: Mapping): string[] {
  if (isMapping(variables ?? null)) return Object.keys(variables as Mapping);
  return Array.isArray(variables) ? variables.filter(isMapping).map(({ name }) => String(name)) : [];
}

/** What stages and jobs depend on exists, in this file or, for stages, in a template with its own name. */
function checkReferences(pipeline: Mapping, report: Report): void {
  const stages = stagesOf(pipeline);
  const names = stages.map(({ stage }) => String(stage));
  for (const stage of stages) {
    const jobs = jobsOf(stage);
    const jobNames = jobs.map(nameOfJob);
    for (const one of namesIn(stage.dependsOn))
      if (!names.includes(one) && !/\{\{|^(?:Kusto|Verify|Roll_out)_/.test(one))
        report(`there is no stage ${one}`);
    for (const job of jobs)
      for (const one of namesIn(job.dependsOn)) if (!jobNames.includes(one)) report(`there is no job ${one}`);
  }
}

/** A stage that deploys waits for what it has started, and one that changes data for an approval. */
function checkStage(stage: Mapping, report: Report): void {
  const jobs = jobsOf(stage);
  const deploying = jobs.filter((job) => 'deployment' in job);
  if (deploying.length === 0) {
    if (tasksIn(stage).some((task) => starters.includes(task)))
      report(`${stage.stage}: a rollout is started outside of a deployment job`);
    return;
  }
  for (const job of deploying) {
    if (typeof job.environment !== 'string')
      report(`${stage.stage}: ${job.deployment} has no environment, so no checks`);
    const starts = tasksIn(job).some((task) => starters.includes(task));
    const isWaiting = jobs.some((other) =>
      starts
        ? tasksIn(other).some((task) => waits.includes(task)) &&
          namesIn(other.dependsOn).includes(nameOfJob(job))
        : tasksIn(other).some((task) => [...waits, approval].includes(task)) &&
          namesIn(job.dependsOn).includes(nameOfJob(other)),
    );
    if (!isWaiting) report(`${stage.stage}: ${job.deployment} deploys, and nothing waits`);
  }
  for (const job of jobs)
    if (tasksIn(job).some((task) => [...waits, approval].includes(task))) {
      if (job.pool !== 'server' && tasksIn(job).includes(approval))
        report(`${stage.stage}: an approval needs a job with the pool server`);
      if (job.timeoutInMinutes === undefined)
        report(
          `${stage.stage}: ${nameOfJob(job)} waits, and has no timeoutInMinutes, so it ends after an hour`,
        );
    }
}

function stagesOf({ stages }: Mapping): readonly Mapping[] {
  return Array.isArray(stages) ? stages.filter(isMapping).filter((one) => 'stage' in one) : [];
}

/** The jobs of a stage, those behind a condition included. */
function jobsOf({ jobs }: Mapping): readonly Mapping[] {
  const flat = (list: Value | undefined): Mapping[] =>
    Array.isArray(list)
      ? list.filter(isMapping).flatMap((one) => {
          const [key = ''] = Object.keys(one);
          return key.startsWith('${{') ? flat(one[key]) : [one];
        })
      : [];
  return flat(jobs);
}

function nameOfJob(job: Mapping): string {
  return String(job.job ?? job.deployment);
}

function tasksIn(part: Mapping): string[] {
  return mappingsIn(part).flatMap(({ task }) => (typeof task === 'string' ? [task] : []));
}

function namesIn(value: Value | undefined): string[] {
  return value === undefined ? [] : textsIn(value);
}

function* walk(value: Value): Generator<Value> {
  yield value;
  if (Array.isArray(value)) for (const item of value) yield* walk(item);
  else if (isMapping(value)) for (const item of Object.values(value)) yield* walk(item);
}

function mappingsIn(value: Value): Mapping[] {
  return [...walk(value)].filter(isMapping);
}

function textsIn(value: Value): string[] {
  return [...walk(value)].flatMap((one) => (typeof one === 'string' ? [one] : []));
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A path that is written in a file, from the folder of that file. */
function resolved(from: string, written: string): string {
  return new URL(written, `file:///${from}`).pathname.slice(1);
}
