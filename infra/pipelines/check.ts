/**
 * What Azure Pipelines would say about infra/pipelines only when a run fails: tasks and inputs that do not exist, files that
 * are not there, parameters and variables that nothing sets. What follows from a whole pipeline is in stages.ts.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../check/problem.ts';
import { isObject, type Json, type JsonObject, mappingsIn, textsIn } from '../json.ts';
import type { Sources } from '../sources.ts';
import { parametersOf, templatePath } from './expand.ts';
import type { Pipelines } from './files.ts';
import { stageProblems } from './stages.ts';

const root = path.dirname(path.dirname(import.meta.dirname));
const folders = /(?<![\w./:-])(?:infra|scripts|test|tasks|docs|backend|kusto|cli)\/[\w./-]*[\w-]/g;

type Report = (message: string) => void;

/** Every problem of the pipelines. */
export function checkPipelines(
  sources: Pick<Sources, 'pipelines' | 'environments' | 'ev2' | 'naming'>,
): Problem[] {
  const problems: Problem[] = [];
  const { pipelines } = sources;
  const used = new Set<string>();
  for (const [file, pipeline] of pipelines.files) {
    const report: Report = (message) => {
      problems.push({ place: `pipelines/${file}`, message });
    };
    for (const part of mappingsIn(pipeline)) {
      if (typeof part.task === 'string') checkTask(part.task, part.inputs, pipelines, report);
      if (typeof part.template !== 'string') continue;
      used.add(templatePath(file, part.template));
      checkTemplate(file, part, pipelines, report);
    }
    checkTexts(pipeline, pipelines, report);
    checkParameters(pipeline, report);
  }
  for (const file of pipelines.files.keys())
    if (file.includes('/') && !used.has(file))
      problems.push({ place: `pipelines/${file}`, message: 'no pipeline uses it' });
  const texts = JSON.stringify([...pipelines.files.values()]);
  for (const script of pipelines.scripts)
    if (!texts.includes(`infra/pipelines/${script}`))
      problems.push({ place: `pipelines/${script}`, message: 'no pipeline runs it' });
  return [...problems, ...stageProblems(sources)];
}

function checkTask(name: string, inputs: Json | undefined, { tasks }: Pipelines, report: Report): void {
  const task = tasks.get(name);
  if (!task) {
    report(`there is no task ${name}`);
    return;
  }
  const given = isObject(inputs) ? Object.keys(inputs) : [];
  for (const input of given) if (!task.has(input)) report(`${name} has no input ${input}`);
  for (const [input, isNeeded] of task)
    if (isNeeded && !given.includes(input)) report(`${name} needs the input ${input}`);
}

/** A template is there, and gets the parameters that it has. That it gets what it needs is seen when it is put in its place. */
function checkTemplate(
  file: string,
  { template = '', parameters }: JsonObject,
  { files }: Pipelines,
  report: Report,
): void {
  const target = files.get(templatePath(file, template));
  if (!target) {
    report(`there is no template ${template}`);
    return;
  }
  const declared = parametersOf(target);
  for (const name of namesGiven(parameters))
    if (!declared.has(name)) report(`${template} has no parameter ${name}`);
}

/** Names of parameters, those behind conditions included. */
function namesGiven(parameters: Json | undefined): string[] {
  return Object.entries(isObject(parameters) ? parameters : {}).flatMap(([key, value]) =>
    key.startsWith('${{') ? namesGiven(value) : [key],
  );
}

function checkTexts(pipeline: JsonObject, { npmScripts }: Pipelines, report: Report): void {
  for (const text of textsIn(pipeline)) {
    for (const [, script = ''] of text.matchAll(/npm run (?:--silent )?([\w:-]+)/g))
      if (!npmScripts.has(script)) report(`there is no npm script ${script}`);
    for (const [file] of text.matchAll(folders))
      if (!existsSync(path.join(root, file))) report(`there is no file ${file}`);
    if (/\b(?:personal.?access.?token|AZURE_DEVOPS_EXT_PAT)\b/i.test(text))
      report('a personal access token is used');
  }
}

function checkParameters(pipeline: JsonObject, report: Report): void {
  const declared = parametersOf(pipeline);
  const used = new Set(
    [...JSON.stringify(pipeline).matchAll(/\bparameters\.(\w+)/g)].map(([, name = '']) => name),
  );
  for (const name of used) if (!declared.has(name)) report(`there is no parameter ${name}`);
  for (const [name, { type }] of declared) {
    if (!used.has(name)) report(`nothing uses the parameter ${name}`);
    if (!['string', 'number', 'boolean', 'object'].includes(`${type}`)) report(`${name} has no type`);
  }
}
