/**
 * Plays the agent: builds the task as it ships, starts it with the environment that an agent gives, and reads
 * its logging commands the way the agent does.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const require = createRequire(import.meta.url);
interface ParsedCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}
const { commandFromString } = require('azure-pipelines-task-lib/taskcommand') as {
  commandFromString(line: string): ParsedCommand;
};

/** Builds into a folder of its own, so that tests never run yesterday's bundle. */
export function buildTask(): { readonly bundle: string; readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'built-tasks-'));
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build/tasks.ts', folder]);
  return {
    folder,
    bundle: join(folder, 'WaitForDeploymentsV1', 'index.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The Nodes to run the bundle on: this one, and those that TASK_TEST_NODES names (executables, as in PATH). */
export const nodes: readonly string[] = [
  process.execPath,
  ...(process.env.TASK_TEST_NODES ?? '').split(delimiter).filter((path) => path !== ''),
];

export interface TaskProcess {
  readonly result: string | undefined;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly commands: readonly ParsedCommand[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Messages of issues of a type. */
  issues(type: 'error' | 'warning'): string[];
}

export interface TaskRun {
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly node?: string;
  /** Called with everything written so far, whenever there is more; may send signals. */
  readonly watch?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** A task that does not end by itself must not outlive its test. */
const longestRunMs = 90_000;

/** Runs the task to its end, in an environment that holds nothing but what an agent gives. */
export function runTaskProcess({
  bundle,
  environment,
  node = process.execPath,
  watch,
}: TaskRun): Promise<TaskProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [bundle], {
      env: { PATH: process.env.PATH ?? '', ...environment },
    });
    let stdout = '';
    let stderr = '';
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The task did not end within ${longestRunMs} ms. It wrote:\n${stdout}${stderr}`));
    }, longestRunMs);
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      watch?.(stdout, (signal) => child.kill(signal));
    });
    child.on('error', reject);
    child.on('close', (exitCode) => {
      clearTimeout(deadline);
      resolve(readOutput(stdout, stderr, exitCode));
    });
  });
}

function readOutput(stdout: string, stderr: string, exitCode: number | null): TaskProcess {
  const commands = stdout
    .split('\n')
    .filter((line) => line.includes('##vso['))
    .map((line) => {
      if (!line.startsWith('##vso[')) throw new Error(`A command in the middle of a line: ${line}`);
      return commandFromString(line);
    });
  const named = (name: string) => commands.filter(({ command }) => command === name);
  const completions = named('task.complete');
  if (completions.length > 1) throw new Error('The task completed more than once.');
  return {
    stdout,
    stderr,
    exitCode,
    commands,
    result: completions[0]?.properties.result,
    outputs: Object.fromEntries(
      named('task.setvariable').map(({ properties, message }) => [properties.variable, message]),
    ),
    issues: (type) =>
      named('task.logissue')
        .filter(({ properties }) => properties.type === type)
        .map(({ message }) => message),
  };
}

export const connectionId = '0f0e0d0c-1111-2222-3333-444455556666';
export const apiToken = 'static-token-a1b2c3d4';

/** An agent runs one step at a time in its temporary folder; suites run several at once. */
const temporaryFolder = mkdtempSync(join(tmpdir(), 'agent-temp-'));
afterAll(() => rmSync(temporaryFolder, { recursive: true, force: true }));

/** What an agent gives to a step of build 4711 of contoso, with a service connection that holds a token. */
export function agentEnvironment(
  url: string,
  inputs: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const environment: Record<string, string> = {
    AGENT_TEMPDIRECTORY: temporaryFolder,
    SYSTEM_COLLECTIONURI: 'https://dev.azure.com/contoso/',
    SYSTEM_TEAMPROJECTID: 'b32aa71e-8ed2-41b2-9d77-5bc261222004',
    SYSTEM_TEAMPROJECT: 'Shop',
    SYSTEM_JOBID: '12f1170f-54f2-53f3-20dd-22fc7dff55f9',
    SYSTEM_JOBTIMEOUT: '60',
    BUILD_BUILDID: '4711',
    INPUT_SERVICECONNECTION: connectionId,
    [`ENDPOINT_URL_${connectionId}`]: url,
    [`ENDPOINT_AUTH_SCHEME_${connectionId}`]: 'Token',
    [`ENDPOINT_AUTH_PARAMETER_${connectionId}_APITOKEN`]: apiToken,
    ...more,
  };
  for (const [name, value] of Object.entries(inputs)) environment[`INPUT_${name.toUpperCase()}`] = value;
  return environment;
}
