/** Runs the `deployments` command in a pseudo-terminal, which util-linux' `script` makes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { programArguments } from './program.ts';

export interface TerminalRun {
  readonly process: ChildProcess;
  /** What the terminal has shown so far, escape sequences included. */
  shown(): string;
  /** Types characters, such as Ctrl-C. */
  type(characters: string): void;
  /** The exit code of the command, once it has ended. */
  readonly ended: Promise<number>;
}

/** The words of a command line, quoted for a shell. */
export function shellLine(argv: readonly string[]): string {
  const words = [process.execPath, ...programArguments('cli/deployments.ts'), ...argv];
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}

/** Starts the command in a terminal of the given size. */
export function runInTerminal(
  argv: readonly string[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
  environment: Readonly<Record<string, string>> = {},
): TerminalRun {
  const line = `stty cols ${columns} rows ${rows} -echoctl; exec ${shellLine(argv)}`;
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', line, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm-256color', SHELL: '/bin/sh', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    shown += chunk;
  });
  return {
    process: child,
    shown: () => shown,
    type: (characters) => void child.stdin.write(characters),
    ended: once(child, 'close').then(([exitCode]) => Number(exitCode)),
  };
}
