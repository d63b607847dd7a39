/**
 * Writes docs/task-inputs.md from the manifests of the tasks.
 * Run: npx tsx scripts/task-inputs.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the page is. */
export const inputsPage = fileURLToPath(new URL('../docs/task-inputs.md', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly version: { readonly Major: number };
  readonly inputs: readonly Input[];
}

interface Input {
  readonly name: string;
  readonly defaultValue?: string;
  readonly required: boolean;
  readonly options?: Readonly<Record<string, string>>;
  readonly helpMarkDown: string;
}

/** The page's text. */
export function inputsText(): string {
  return `# Inputs of the wait tasks

<!-- Written by scripts/task-inputs.ts from the tasks' manifests. -->

Durations are written like \`45s\`, \`30m\` or \`1h30m\`. How waits end, and what they leave behind, is in
[Recipes for the wait task](wait-recipes.md#how-a-wait-ends); how to set one up, in [Getting started](getting-started.md).

${['WaitForDeploymentsV1', 'WaitForDeploymentsGateV1'].map(section).join('\n\n')}
`;
}

const purposes: Readonly<Record<string, string>> = {
  WaitForDeployments: 'Runs on an agent.',
  WaitForDeploymentsGate: 'Runs without an agent: as a task of a server job, as a gate, or as a check.',
};

function section(folder: string): string {
  const file = new URL(`../tasks/${folder}/task.json`, import.meta.url);
  const { name, version, inputs }: Manifest = JSON.parse(readFileSync(file, 'utf8'));
  const rows = inputs.map(
    (input) => `| \`${input.name}\` | ${defaultOf(input)} | ${input.helpMarkDown.replaceAll('|', '\\|')} |`,
  );
  return [
    `## ${name}@${version.Major}`,
    '',
    purposes[name] ?? '',
    '',
    '| Input | Default | Meaning |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function defaultOf({ defaultValue = '', required, options }: Input): string {
  if (defaultValue === '') return required ? 'none: required' : 'empty';
  const others = Object.keys(options ?? {}).filter((value) => value !== defaultValue);
  const value = `\`${defaultValue}\``;
  return others.length === 0 ? value : `${value}, or ${others.map((other) => `\`${other}\``).join(', ')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(inputsPage, inputsText());
