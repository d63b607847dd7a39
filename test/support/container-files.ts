/**
 * Reads a Containerfile, and lays out the files of its last stage as far as that is possible without a container engine:
 * what the stage copies from the build, with the production packages alone.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

export interface Instruction {
  readonly name: string;
  readonly argument: string;
}

/** The instructions of a Containerfile by stage; continued lines are joined, and comments left out. */
export function stagesOf(text: string): readonly (readonly Instruction[])[] {
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, name = '', argument = ''] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, argument });
  }
  return stages;
}

/** Arguments of all instructions of a name. */
export function argumentsOf(stage: readonly Instruction[], name: string): string[] {
  return stage.filter((instruction) => instruction.name === name).map(({ argument }) => argument);
}

/**
 * Lays out the last stage in a new folder that other users can read and nobody but root can write to.
 *
 * @param built where the build's `dist` is
 */
export function layOut(
  stage: readonly Instruction[],
  built: string,
): { readonly folder: string; remove(): void } {
  // Not in the temporary folder of the tests, which their user alone may enter.
  const folder = mkdtempSync('/tmp/container-');
  for (const copy of argumentsOf(stage, 'COPY')) {
    const [, from = '', to = ''] = /^--from=build \/app\/(\S+) \.\/(\S+)$/.exec(copy) ?? [];
    if (from !== to || from === '')
      throw new Error(`COPY ${copy}: only copies from the build are understood`);
    if (from === 'node_modules') copyPackages(folder);
    else copyTo(folder, from.startsWith('dist/') ? path.join(built, from.slice('dist/'.length)) : from, to);
  }
  execFileSync('chmod', ['-R', 'a+rX', folder]);
  if (process.getuid?.() !== 0) execFileSync('chmod', ['-R', 'a-w', folder]);
  chmodSync(folder, 0o555);
  return {
    folder,
    remove() {
      execFileSync('chmod', ['-R', 'u+w', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Copies the packages that `npm prune --omit=dev` leaves. */
function copyPackages(folder: string): void {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  };
  const installed = Object.keys(packages).filter((place) => place !== '' && existsSync(place));
  const isNested = (place: string): boolean => place.lastIndexOf('node_modules/') > 0;
  const forProduction = installed.filter((place) => !isNested(place) && packages[place]?.dev !== true);
  execFileSync('cp', ['-r', '--parents', ...forProduction, folder]);
  for (const place of installed.filter((one) => isNested(one) && packages[one]?.dev === true))
    rmSync(path.join(folder, place), { recursive: true, force: true });
}

function copyTo(folder: string, from: string, to: string): void {
  const target = path.join(folder, to);
  mkdirSync(path.dirname(target), { recursive: true });
  execFileSync('cp', ['-r', from, target]);
}
