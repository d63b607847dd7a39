/** `npm run infra`: shows what would be deployed, what differs between two places, and whether all of it is right. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { check } from './check/check.ts';
import { ArmSchemas } from './check/schemas.ts';
import { costsOf } from './cost/cost.ts';
import { PriceError, printed, readPrices } from './cost/print.ts';
import { allTargets, settingsOf, type Target, UnknownTargetError } from './deployments.ts';
import { differences, type Side } from './diff.ts';
import { rollouts } from './ev2/package.ts';
import { PackageError, writePackage } from './ev2/write.ts';
import { RenderError, renderTarget } from './render.ts';
import { SecretError, setSecret } from './secrets/set-secret.ts';
import { loadSources, type Sources } from './sources.ts';

const usage = `Usage: npm run infra -- <command> [options]

Commands:
  render --env ENV --region REGION [--only NAME]
      everything that is deployed there, as JSON; --only one deployment
  diff --env ENV --region REGION --with ENV[.REGION]
      what differs there, names and places apart
  package --env ENV --out DIR [--rollout NAME] [--packages DIR] [--build VERSION]
      the service group root of a rollout with Ev2: Infrastructure, Code (unless NAME says otherwise) or
      Rollback; --packages has the zip file of each app
  cost --env ENV [--prices FILE]
      what an environment costs in a month, for 1,000 requests a second, and for a million events
  secret --env ENV --name NAME [--generate] [--organization ORG] [--keep-previous] [--days N]
      puts a secret into the key vault of each region; it is read from standard input, or made
  check [--schemas DIR]
      whether all of infra/ is right; DIR is a clone of Azure/azure-resource-manager-schemas

Options:
  -h, --help   this text`;

const options = {
  env: { type: 'string' },
  region: { type: 'string' },
  with: { type: 'string' },
  only: { type: 'string' },
  schemas: { type: 'string' },
  out: { type: 'string' },
  rollout: { type: 'string' },
  packages: { type: 'string' },
  build: { type: 'string' },
  prices: { type: 'string' },
  name: { type: 'string' },
  generate: { type: 'boolean' },
  organization: { type: 'string' },
  'keep-previous': { type: 'boolean' },
  days: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

/** A command line that says something else than the usage. */
class UsageError extends Error {}

export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Runs a command line. @returns the exit code: 0, 1 where a check failed, 2 where the command line is wrong */
export function runInfra(given: readonly string[], { out, err }: Output): number {
  try {
    const { values, positionals } = parseArgs({ args: [...given], options, allowPositionals: true });
    const [command, ...rest] = positionals;
    if (values.help) {
      out(usage);
      return 0;
    }
    if (rest.length > 0) throw new UsageError(`There is no argument ${rest[0]}`);
    const sources = loadSources();
    switch (command) {
      case 'render':
        out(JSON.stringify(rendered(sources, targetOf(values), values.only), undefined, 2));
        return 0;
      case 'diff':
        return printDifferences(sources, targetOf(values), values.with, out);
      case 'package':
        out(`${writeChosen(sources, values)} files`);
        return 0;
      case 'cost':
        if (values.env === undefined) throw new UsageError('--env is needed');
        for (const line of printed(costsOf(sources, values.env), readPrices(values.prices))) out(line);
        return 0;
      case 'secret':
        out(`${setChosen(sources, values).join(', ')}: set`);
        return 0;
      case 'check':
        return printProblems(sources, values.schemas, out);
      default:
        throw new UsageError(
          command === undefined ? 'A command is missing' : `There is no command ${command}`,
        );
    }
  } catch (error) {
    if (!isExpected(error)) throw error;
    err(`${error.message}\n\n${usage}`);
    return 2;
  }
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof UsageError ||
    error instanceof UnknownTargetError ||
    error instanceof RenderError ||
    error instanceof PackageError ||
    error instanceof SecretError ||
    error instanceof PriceError ||
    // One that parseArgs throws.
    (typeof error === 'object' &&
      error !== null &&
      'code' in error &&
      `${error.code}`.startsWith('ERR_PARSE_ARGS'))
  );
}

function targetOf({ env, region }: { readonly env?: string; readonly region?: string }): Target {
  if (env === undefined || region === undefined) throw new UsageError('--env and --region are needed');
  return { environment: env, region };
}

function writeChosen(
  sources: Sources,
  {
    env,
    out,
    rollout = 'Code',
    packages,
    build = sources.version,
  }: Readonly<Record<string, string | boolean | undefined>>,
): number {
  if (typeof env !== 'string' || typeof out !== 'string') throw new UsageError('--env and --out are needed');
  const chosen = rollouts.find((name) => name === rollout);
  if (!chosen) throw new UsageError(`--rollout must be one of ${rollouts.join(', ')}`);
  const archives = typeof packages === 'string' ? packages : undefined;
  return writePackage(sources, {
    environment: env,
    rollout: chosen,
    folder: out,
    packages: archives,
    buildVersion: `${build}`,
  });
}

function setChosen(
  sources: Sources,
  {
    env,
    name,
    generate = false,
    organization,
    'keep-previous': keepsPrevious = false,
    days = '365',
  }: Readonly<Record<string, string | boolean | undefined>>,
): string[] {
  if (typeof env !== 'string' || typeof name !== 'string')
    throw new UsageError('--env and --name are needed');
  return setSecret(sources, {
    environment: env,
    name,
    isGenerated: generate === true,
    organization: typeof organization === 'string' ? organization : undefined,
    keepsPrevious: keepsPrevious === true,
    days: Number(days),
  });
}

function rendered(sources: Sources, target: Target, only: string | undefined) {
  const all = renderTarget(sources, target);
  const chosen = all.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0)
    throw new UsageError(
      `There is no deployment ${only}: choose one of ${all.map(({ name }) => name).join(', ')}`,
    );
  return chosen.map(({ name, subscription, group, resources }) => ({
    deployment: name,
    subscription,
    resourceGroup: group,
    resources: resources
      .filter(({ isDeployed }) => isDeployed)
      .map(({ body, dependsOn }) => (dependsOn.length > 0 ? { ...body, dependsOn } : body)),
  }));
}

function printDifferences(
  sources: Sources,
  target: Target,
  other: string | undefined,
  out: Output['out'],
): number {
  if (other === undefined) throw new UsageError('--with is needed');
  const [environment = '', region = target.region] = other.split('.');
  const found = differences(sideOf(sources, target), sideOf(sources, { environment, region }));
  for (const { place, left, right } of found)
    out(`${place}\n  - ${JSON.stringify(left) ?? '(none)'}\n  + ${JSON.stringify(right) ?? '(none)'}`);
  out(`${found.length} differences`);
  return 0;
}

/** Words of names and places, which differ between any two targets. The longest go first. */
function sideOf(sources: Sources, target: Target): Side {
  const { prefix, environment, location = '', primaryRegion = '', ...settings } = settingsOf(sources, target);
  const short = sources.naming.regions[location];
  const words = [
    [`${prefix}-${environment}-${short}`, '<region>'],
    [`${prefix}${environment}${short}`, '<region>'],
    [`${prefix}${environment}${sources.naming.regions[primaryRegion]}`, '<primary>'],
    [`${prefix}-${environment}`, '<environment>'],
    [`${prefix}${environment}`, '<environment>'],
    ...['subscriptionId', 'tenantId', 'entraClientId', 'schemaPrincipalId', 'loadTesterPrincipalId'].map(
      (key) => [settings[key] ?? key, `<${key}>`] as const,
    ),
    [location, '<location>'],
    [primaryRegion, '<primary location>'],
    [`/${short}-`, '/<short>-'],
  ] as const;
  return { deployments: renderTarget(sources, target), words: new Map(words) };
}

function printProblems(sources: Sources, schemas: string | undefined, out: Output['out']): number {
  const targets = allTargets(sources);
  const problems = check(sources);
  if (schemas !== undefined && problems.length === 0) {
    const arm = new ArmSchemas(schemas);
    problems.push(...targets.flatMap((target) => arm.check(renderTarget(sources, target))));
  }
  for (const { place, message } of problems) out(`${place}: ${message}`);
  out(
    problems.length > 0
      ? `${problems.length} problems`
      : `ok: ${sources.templates.size} templates for ${targets.length} regions of ${sources.environments.size} environments, ${sources.alerts.length} alerts over logs`,
  );
  return problems.length > 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename)
  process.exitCode = runInfra(process.argv.slice(2), { out: console.log, err: console.error });
