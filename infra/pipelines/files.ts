/** Everything that the pipelines are checked against, read once: their files, the inputs of tasks, groups of variables. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { isObject, type JsonObject } from '../json.ts';

/** Inputs of a task by name; whether each is needed. */
export type TaskInputs = ReadonlyMap<string, boolean>;

export interface Pipelines {
  /** By their path in infra/pipelines; templates are among them. */
  readonly files: ReadonlyMap<string, JsonObject>;
  /** Names of the shell scripts in infra/pipelines. */
  readonly scripts: readonly string[];
  /** By `Name@major`. */
  readonly tasks: ReadonlyMap<string, TaskInputs>;
  readonly npmScripts: ReadonlySet<string>;
  /** Names of variables by the group of the library that has them. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

const root = path.dirname(path.dirname(import.meta.dirname));
const ours = ['WaitForDeploymentsV1', 'WaitForDeploymentsGateV1'];

interface OwnTask {
  readonly name: string;
  readonly version: { readonly Major: number };
  readonly inputs: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly defaultValue?: string;
  }[];
}

/** Reads the files. @throws SyntaxError that names a file which is not YAML or JSON */
export function loadPipelines(): Pipelines {
  const { $comment: _comment, ...groups } = readJson<Record<string, readonly string[]>>(
    'infra/pipelines/variable-groups.json',
  );
  return {
    files: new Map(
      readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.yml'))
        .sort()
        .map((name) => {
          const file = name.replaceAll(path.sep, '/');
          return [file, parsePipeline(file, readFileSync(path.join(import.meta.dirname, name), 'utf8'))];
        }),
    ),
    scripts: readdirSync(import.meta.dirname).filter((name) => name.endsWith('.sh')),
    tasks: new Map([...ownTasks(), ...otherTasks()]),
    npmScripts: new Set(Object.keys(readJson<{ readonly scripts: object }>('package.json').scripts)),
    groups,
  };
}

/** A file of YAML. @throws SyntaxError that names it */
export function parsePipeline(file: string, text: string): JsonObject {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new SyntaxError(`${file}: ${error.message}`);
  const value: unknown = document.toJS();
  if (!isObject(value)) throw new SyntaxError(`${file}: it is not a mapping`);
  return value;
}

function ownTasks(): [string, TaskInputs][] {
  return ours.map((name) => {
    const task = readJson<OwnTask>(`tasks/${name}/task.json`);
    const inputs = task.inputs.map(
      (input) => [input.name, input.required && input.defaultValue === undefined] as const,
    );
    return [`${task.name}@${task.version.Major}`, new Map(inputs)];
  });
}

function otherTasks(): [string, TaskInputs][] {
  const all = readJson<Readonly<Record<string, { readonly inputs: readonly string[] }>>>(
    'infra/pipelines/task-inputs.json',
  );
  return Object.entries(all)
    .filter(([name]) => name.includes('@'))
    .map(([name, { inputs }]) => [
      name,
      new Map(inputs.map((input) => [input.replace('*', ''), input.endsWith('*')] as const)),
    ]);
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}
