/** `deployments hooks`: its options, and how its results are shown. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { createHooks, type StepOutcome } from '../../changelog/hooks/create.ts';
import { type EventsSeen, examineHooks, type HookHealth } from '../../changelog/hooks/doctor.ts';
import {
  defaultHookGroups,
  eventsOf,
  type HookGroup,
  hookGroups,
  isHookGroup,
} from '../../changelog/hooks/event-groups.ts';
import { wantedHooks } from '../../changelog/hooks/plan.ts';
import { removeHooks } from '../../changelog/hooks/remove.ts';
import { eventsSeen } from '../../changelog/queries/events-seen.ts';
import { addProjectOptions, chooseProjects, type ProjectOptions } from '../azure-devops-options.ts';
import type { Context, Ends } from '../context.ts';
import { count } from '../count.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { addConnectionOptions, type ConnectionOptions, withDatabase } from '../kusto/connection.ts';
import { addTargetOptions, chosenTarget, type TargetOptions, targetSecrets } from './target-options.ts';

interface HooksOptions extends ProjectOptions, TargetOptions {
  readonly events: readonly HookGroup[];
  readonly json?: true;
}

interface CreateOptions extends HooksOptions {
  readonly dryRun?: true;
  readonly renewSecrets?: true;
}

/** Without a cluster, the doctor cannot check what arrived. */
interface DoctorOptions extends HooksOptions, Omit<ConnectionOptions, 'cluster'> {
  readonly cluster?: string;
}

interface RemoveOptions extends HooksOptions {
  readonly dryRun?: true;
  readonly duplicates?: true;
}

/** Adds `hooks create`, `hooks doctor` and `hooks remove`. */
export function registerHooks(program: Command, context: Context, ends: Ends): void {
  const hooks = program
    .command('hooks')
    .description('manage the service hooks that feed the changelog')
    .addHelpText('after', eventsHelp());

  withCommonOptions(hooks.command('create'), context)
    .description('create missing subscriptions and fix those that differ')
    .option('--dry-run', 'show what would be done, without doing it')
    .option(
      '--renew-secrets',
      'write the secrets of all subscriptions again, for example after a key rotation',
    )
    .addHelpText('after', createHelp)
    .action(ends((options: CreateOptions) => create(options, context)));

  addConnectionOptions(withCommonOptions(hooks.command('doctor'), context), context, { mandatory: false })
    .description('show the health of every subscription and what to do about it')
    .addHelpText('after', doctorHelp)
    .action(ends((options: DoctorOptions) => doctor(options, context)));

  withCommonOptions(hooks.command('remove'), context)
    .description('remove the subscriptions that deliver to the queue or webhook')
    .option('--dry-run', 'show what would be removed, without removing it')
    .option('--duplicates', 'remove only duplicates')
    .addHelpText('after', removeHelp)
    .action(ends((options: RemoveOptions) => remove(options, context)));
}

function withCommonOptions(command: Command, context: Context): Command {
  return addTargetOptions(addProjectOptions(command, context))
    .addOption(
      new Option('-e, --events <list>', `which events: ${hookGroups.join(',')}`)
        .argParser(eventGroups)
        .default(defaultHookGroups, defaultHookGroups.join(',')),
    )
    .option('--json', 'print one JSON object');
}

function eventGroups(text: string): HookGroup[] {
  return text.split(',').map((written) => {
    const name = written.trim();
    if (!isHookGroup(name)) {
      throw new InvalidArgumentError(`"${name}" is not one of ${hookGroups.join(', ')}.`);
    }
    return name;
  });
}

async function create(options: CreateOptions, context: Context): Promise<ExitCode> {
  const target = chosenTarget(options);
  const dryRun = options.dryRun === true;
  const secrets = dryRun ? {} : targetSecrets(target, context);
  const { devOps, projects } = await chooseProjects(options, context);
  const input = {
    wanted: wantedHooks(projects, options.events),
    target,
    secrets,
    dryRun,
    renewSecrets: options.renewSecrets === true,
  };
  const outcomes: StepOutcome[] = [];
  for await (const outcome of createHooks(devOps, input)) {
    outcomes.push(outcome);
    if (options.json !== true) context.out.line(outcomeLine(outcome, dryRun));
  }
  const failed = outcomes.filter(({ error }) => error !== undefined).length;
  if (options.json === true) {
    context.out.json({ organization: devOps.organization.name, dryRun, hooks: outcomes.map(outcomeJson) });
  } else {
    context.out.line(`${count(outcomes.length, 'subscription')} to ${target.title}, ${failed} refused`);
  }
  return failed === 0 ? exitCodes.success : exitCodes.service;
}

function outcomeLine(outcome: StepOutcome, dryRun: boolean): string {
  const { project, event, action, error } = outcome;
  const label = error !== undefined ? 'REFUSED' : dryRun && action !== 'keep' ? `would ${action}` : action;
  const reason = error ?? ('differences' in outcome ? outcome.differences.join('; ') : notes[action]);
  return `${label.padEnd(14)}${project.name}  ${event.eventType}${reason ? `  (${reason})` : ''}`;
}

const notes: Partial<Record<StepOutcome['action'], string>> = {
  leave: 'disabled by a user',
  duplicate: 'deployments hooks remove --duplicates removes it',
};

function outcomeJson(outcome: StepOutcome): unknown {
  return {
    project: outcome.project.name,
    projectId: outcome.project.id,
    eventType: outcome.event.eventType,
    action: outcome.action,
    subscriptionId: outcome.action === 'create' ? undefined : outcome.subscription.id,
    differences: 'differences' in outcome ? outcome.differences : undefined,
    done: outcome.done,
    error: outcome.error,
  };
}

async function doctor(options: DoctorOptions, context: Context): Promise<ExitCode> {
  const target = chosenTarget(options);
  const { devOps, projects } = await chooseProjects(options, context);
  const healths = await examineHooks(devOps, {
    wanted: wantedHooks(projects, options.events),
    target,
    seen: await seenBy(options, devOps.organization.name),
    now: Date.now(),
  });
  const healthy = healths.every(({ level }) => level !== 'problem');
  if (options.json === true) {
    context.out.json({
      organization: devOps.organization.name,
      target: target.title,
      healthy,
      hooks: healths,
    });
  } else {
    showHealths(healths, context);
  }
  return healthy ? exitCodes.success : exitCodes.badNews;
}

function seenBy({ cluster, ...rest }: DoctorOptions, organization: string): Promise<EventsSeen | undefined> {
  if (cluster === undefined) return Promise.resolve(undefined);
  return withDatabase({ ...rest, cluster }, (database) => eventsSeen(database, organization));
}

const toneOfLevel = { ok: 'good', warning: 'caution', problem: 'bad' } as const;

function showHealths(healths: readonly HookHealth[], context: Context): void {
  const headings = ['', 'PROJECT', 'EVENT', 'STATUS', 'LAST SUCCESS', 'LAST SEEN', 'FINDING'];
  const rows = healths.map((health) => [
    { text: health.level === 'ok' ? 'ok' : health.level.toUpperCase(), tone: toneOfLevel[health.level] },
    health.project,
    health.eventType,
    health.status,
    health.lastSuccess ?? '–',
    health.lastSeen ?? '–',
    health.finding,
  ]);
  context.out.table(headings, rows);
  const advice = new Set(healths.map((health) => health.advice).filter((text) => text !== ''));
  if (advice.size === 0) return;
  context.out.line();
  context.out.line('What to do:');
  for (const text of advice) context.out.line(`- ${text}`);
}

async function remove(options: RemoveOptions, context: Context): Promise<ExitCode> {
  const target = chosenTarget(options);
  const { devOps, projects } = await chooseProjects(options, context);
  const input = {
    wanted: wantedHooks(projects, options.events),
    target,
    duplicatesOnly: options.duplicates === true,
    dryRun: options.dryRun === true,
  };
  const removed: { project: string; eventType: string; subscriptionId: string; done: boolean }[] = [];
  for await (const { project, subscription, done } of removeHooks(devOps, input)) {
    removed.push({ project, eventType: subscription.eventType, subscriptionId: subscription.id, done });
    if (options.json !== true) {
      context.out.line(
        `${done ? 'removed' : 'would remove'}  ${project}  ${subscription.eventType}  ${subscription.id}`,
      );
    }
  }
  if (options.json === true) context.out.json({ organization: devOps.organization.name, hooks: removed });
  else context.out.line(`${count(removed.length, 'subscription')} to ${target.title}`);
  return exitCodes.success;
}

function eventsHelp(): string {
  const lines = hookGroups.map((group) => {
    const names = eventsOf([group]).map(({ eventType }) => eventType);
    return `  ${group.padEnd(15)}${names.join(', ')}${defaultHookGroups.includes(group) ? '' : ' (on request)'}`;
  });
  return ['', 'Events, by the names that --events takes:', ...lines].join('\n');
}

const createHelp = `
Running it again is safe: subscriptions that are right stay as they are. The queue's key is read from
$AZURE_STORAGE_KEY, the webhook's secret from $CHANGELOG_SECRET. The token needs permission to edit the projects'
service hooks.

Examples:
  deployments hooks create -o contoso -p webshop --queue contosohooks/azure-devops-events --dry-run
  deployments hooks create -o contoso --all-projects --webhook https://changelog.example.com/hooks/v1/events`;

const doctorHelp = `
Exits with 1 if events are being lost, so that a scheduled job can raise an alarm. With a cluster, it also checks
that delivered events are in the changelog.

Examples:
  deployments hooks doctor -o contoso --all-projects --queue contosohooks/azure-devops-events
  deployments hooks doctor -o contoso -p webshop --webhook https://changelog.example.com/hooks/v1/events --json`;

const removeHelp = `
Subscriptions that deliver elsewhere are never touched.

Examples:
  deployments hooks remove -o contoso -p webshop --queue contosohooks/azure-devops-events --dry-run`;
