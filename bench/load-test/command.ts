/** `npm run load`: runs the plan of Azure Load Testing with this project's load generator, and judges it by the same criteria. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import { isSafeForTokens } from '../../net/loopback.ts';
import { type BenchReport, printReport } from '../report.ts';
import { CriterionError, type Judged, judge, type LoadRun, readCriteria, timeOf } from './criteria.ts';
import { JmeterTextError } from './jmeter-text.ts';
import { PlanError, readPlan } from './plan.ts';
import { dataRows, runPlan, warmUp } from './run-plan.ts';

/** A server that was started to be loaded. */
export interface Target {
  readonly port: number;
  readonly token: string;
  /** Holds back its answers from now on, where that was asked for. */
  beginSlowness(): void;
  close(): Promise<void>;
}

/** What surrounds the command. */
export interface Surroundings {
  /** `LOAD_TOKEN` is the token for another host. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  /** Starts a server on this machine; its answers take so many milliseconds longer. */
  readonly startTarget: (slowMs: number) => Promise<Target>;
}

interface Options {
  readonly test: string;
  readonly seconds?: number;
  readonly rate?: number;
  readonly host?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly data?: string;
  readonly slowMs: number;
  readonly json?: true;
}

/** The options do not go together. */
class UsageError extends Error {}

const wholeNumber = (text: string): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
};

const defaultTest = fileURLToPath(new URL('../../infra/load-test/load-test.yaml', import.meta.url));

/**
 * Runs the command.
 *
 * @returns its exit code: 0 the criteria are met; 1 one is missed; 2 an option or a file is wrong
 */
export async function loadCommand(
  parameters: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { print, printError } = surroundings;
  const command = new Command('npm run load --')
    .description(
      'Runs the load test that Azure Load Testing runs, against a server on this machine or another host.',
    )
    .option('--seconds <n>', 'how long', wholeNumber)
    .option('--rate <n>', 'requests a second', wholeNumber)
    .option(
      '--host <name>',
      'a host that is there; LOAD_TOKEN has a token for it. Without it, a server is started here',
    )
    .option('--port <n>', 'of the host', wholeNumber)
    .option('--protocol <name>', 'of the host: https or http')
    .option('--data <file>', 'what to ask for, instead of the data of the plan')
    .option(
      '--slow-ms <n>',
      'hold back the answers of the server that is started, to see the criteria missed',
      wholeNumber,
      0,
    )
    .option('--test <file>', 'the configuration of the test', defaultTest)
    .option('--json', 'print one JSON object')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => printError(text.trimEnd()),
    });
  try {
    command.parse(parameters, { from: 'user' });
    return await load(command.opts<Options>(), surroundings);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const isOurs = [PlanError, JmeterTextError, CriterionError, UsageError].some(
      (kind) => error instanceof kind,
    );
    if (!isOurs && Object(error).code !== 'ENOENT') throw error;
    printError(Object(error).message);
    return 2;
  }
}

async function load(options: Options, { variables, print, startTarget }: Surroundings): Promise<number> {
  const { testPlan, failureCriteria } = Object(parse(readFileSync(options.test, 'utf8')));
  const xml = readFileSync(join(dirname(options.test), String(testPlan)), 'utf8');
  const criteria = readCriteria(failureCriteria);
  const usual = readPlan(xml, new Map([['token', '']])).perSecond;
  const target = options.host === undefined ? await startTarget(options.slowMs) : undefined;
  try {
    const plan = readPlan(xml, propertiesOf(options, variables, target));
    const rows = dataRows(
      readFileSync(options.data ?? join(dirname(options.test), plan.dataFile), 'utf8'),
      plan.dataColumns,
    );
    if (rows.length === 0) throw new UsageError('the data has no rows');
    if (target) await warmUp(plan, rows);
    target?.beginSlowness();
    const run = await runPlan(plan, rows);
    const judged = judge(criteria, run, plan.perSecond / usual);
    const report = reportOf(
      run,
      judged,
      plan.samplers.map(({ name }) => name),
    );
    if (options.json) print(JSON.stringify(report));
    else printReport(report, print);
    return judged.some(({ isMissed }) => isMissed) ? 1 : 0;
  } finally {
    await target?.close();
  }
}

function propertiesOf(
  { host, port, protocol, rate, seconds, slowMs }: Options,
  { LOAD_TOKEN }: Surroundings['variables'],
  target: Target | undefined,
): ReadonlyMap<string, string> {
  const own = target && { host: '127.0.0.1', port: target.port, protocol: 'http', token: target.token };
  const foreign = { host, port, protocol, token: LOAD_TOKEN || undefined };
  if (!target) {
    if (slowMs > 0) throw new UsageError('--slow-ms is for the server that is started here');
    if (!isSafeForTokens(new URL(`${protocol ?? 'https'}://${host}`)))
      throw new UsageError('the token goes over https, or to this machine');
  }
  const properties = Object.entries({ ...(own ?? foreign), rate, duration: seconds });
  return new Map(properties.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}

function reportOf(
  { samples, seconds }: LoadRun,
  judged: readonly Judged[],
  samplers: readonly string[],
): BenchReport {
  const row = (name: string) => {
    const own = name === 'all' ? samples : samples.filter(({ sampler }) => sampler === name);
    const times = own.map(({ milliseconds }) => milliseconds);
    const [avg, p50, p95, p99, max] = ['avg', 'p50', 'p95', 'p99', 'max'].map((one) =>
      Math.round(timeOf(times, one)),
    );
    const errors = own.filter(({ isSuccess }) => !isSuccess).length;
    const perSecond = Math.round((10 * own.length) / seconds) / 10;
    return {
      request: name,
      requests: own.length,
      errors,
      perSecond,
      avg: avg ?? 0,
      p50: p50 ?? 0,
      p95: p95 ?? 0,
      p99: p99 ?? 0,
      max: max ?? 0,
    };
  };
  const errors = new Map<string, number>();
  for (const { isSuccess, result } of samples)
    if (!isSuccess) errors.set(result, (errors.get(result) ?? 0) + 1);
  return {
    passed: judged.every(({ isMissed }) => !isMissed),
    tables: {
      'Requests (times in milliseconds)': [...samplers, 'all'].map(row),
      ...(errors.size > 0 && { Errors: [...errors].map(([result, count]) => ({ result, count })) }),
      'The test fails where one holds': judged.map(({ criterion, measured, isMissed }) => ({
        criterion,
        measured: Math.round(measured * 100) / 100,
        verdict: isMissed ? 'MISSED' : 'met',
      })),
    },
  };
}
