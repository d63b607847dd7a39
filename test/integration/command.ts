/** `npm run integration`: runs the cases against an environment, and tells what differs. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { printableLines } from '../../net/printable.ts';
import type { IntegrationCase } from './case.ts';
import { loadCases } from './cases.ts';
import { configuredEnvironment, type Environment } from './environment.ts';
import { type CaseResult, runCase } from './run-case.ts';
import { FileError } from './schema-check.ts';

/** What surrounds the command. */
export interface Surroundings {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  /** Starts the environment `embedded`. */
  readonly startEmbedded: () => Promise<Environment>;
}

interface Options {
  readonly env: string;
  readonly config?: string;
  readonly cases: string;
  readonly filter: string;
  readonly json?: true;
}

type Finished = CaseResult & {
  readonly name: string;
  readonly group: string;
  readonly milliseconds: number;
};

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Runs the command.
 *
 * @returns its exit code: 0 all passed; 1 some failed; 2 an option or a file is wrong, or no case was run
 */
export async function integrationCommand(
  parameters: readonly string[],
  { variables, print, printError, startEmbedded }: Surroundings,
): Promise<number> {
  const command = new Command('npm run integration --')
    .description('Runs the integration cases in test/integration/cases against an environment.')
    .option(
      '--env <name>',
      'embedded starts one here; int, ppe, prod: see environments/NAME.json',
      'embedded',
    )
    .option('--config <file>', 'the file of the environment')
    .option('--cases <folder>', 'the folder with the cases', here('cases'))
    .option('--filter <text>', 'only cases whose group or name contains this', '')
    .option('--json', 'print one JSON object')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => printError(text.trimEnd()),
    });
  try {
    command.parse(parameters, { from: 'user' });
    const options = command.opts<Options>();
    const chosen = chosenCases(options);
    const environment = await environmentOf(options, variables, startEmbedded);
    try {
      return report(options, environment, await runAll(chosen, environment, options, print), print);
    } finally {
      await environment.close();
    }
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof FileError)) throw error;
    printError(printableLines(error.message));
    return 2;
  }
}

function chosenCases({ cases, filter }: Options): readonly IntegrationCase[] {
  const wanted = filter.toLowerCase();
  const chosen = loadCases(cases).filter(({ group, name }) =>
    `${group} ${name}`.toLowerCase().includes(wanted),
  );
  if (chosen.length === 0) throw new FileError(cases, `no case contains "${filter}"`);
  return chosen;
}

async function environmentOf(
  { env, config }: Options,
  variables: Surroundings['variables'],
  startEmbedded: Surroundings['startEmbedded'],
): Promise<Environment> {
  if (env === 'embedded') return startEmbedded();
  const file = config ?? here(`environments/${env}.json`);
  if (!/^[a-z0-9-]+$/.test(env) || !existsSync(file))
    throw new FileError(file, `there is no environment "${env}"`);
  return configuredEnvironment(env, file, variables);
}

async function runAll(
  cases: readonly IntegrationCase[],
  environment: Environment,
  { json }: Options,
  print: Surroundings['print'],
): Promise<readonly Finished[]> {
  const finished: Finished[] = [];
  for (const one of cases) {
    const started = performance.now();
    const result = await runCase(one, environment);
    const milliseconds = Math.round(performance.now() - started);
    finished.push({ group: one.group, name: one.name, milliseconds, ...result });
    if (!json) print(lineOf(one, result, milliseconds));
  }
  return finished;
}

const marks = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' } as const;

/** Answers are anybody's text: what a terminal would obey is replaced. */
function lineOf({ group, name }: IntegrationCase, result: CaseResult, milliseconds: number): string {
  const line = `${marks[result.outcome]}  ${group}: ${name}`;
  if (result.outcome === 'passed') return printableLines(`${line} (${milliseconds} ms)`);
  if (result.outcome === 'skipped') return printableLines(`${line} (${result.reason})`);
  return [line, ...result.mistakes.map((mistake) => `        ${mistake}`)].map(printableLines).join('\n');
}

function report(
  { env, json }: Options,
  { url }: Environment,
  cases: readonly Finished[],
  print: Surroundings['print'],
): number {
  const count = (outcome: CaseResult['outcome']): number =>
    cases.filter((one) => one.outcome === outcome).length;
  const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')];
  print(
    json
      ? JSON.stringify({ environment: env, url, passed, failed, skipped, cases })
      : `${env} at ${url}: ${passed} passed, ${failed} failed, ${skipped} skipped`,
  );
  if (failed > 0) return 1;
  return passed === 0 ? 2 : 0;
}
