/** Runs the `deployments` command: in this process, or as a program of its own. */
import { spawn } from 'node:child_process';
import { runDeployments } from '../../cli/program.ts';
import type { AzureDevOpsStandIn } from './azure-devops/azure-devops.ts';
import { programArguments } from './program.ts';

export interface CommandResult {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs a command line in this process, with exactly this environment. */
export async function runCommand(
  argv: readonly string[],
  environment: Environment = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<CommandResult> {
  const out: string[] = [];
  const err: string[] = [];
  const context = {
    environment,
    signal,
    out: { write: (text: string) => out.push(text) },
    err: { write: (text: string) => err.push(text) },
  };
  const exitCode = await runDeployments(argv, context);
  return { exitCode, out: out.join('').replace(/\n$/, ''), err: err.join('').replace(/\n$/, '') };
}

/** Starts the command as a shell would. */
export function spawnCommand(argv: readonly string[], environment: Environment = {}): Promise<CommandResult> {
  const child = spawn(process.execPath, [...programArguments('cli/deployments.ts'), ...argv], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, out: out.trimEnd(), err: err.trimEnd() }));
  });
}

/** The variables with which a command reaches the stand-in. */
export const environmentFor = (standIn: AzureDevOpsStandIn): Environment => ({
  AZURE_DEVOPS_ORGANIZATION: standIn.url,
  AZURE_DEVOPS_EXT_PAT: standIn.token,
});
