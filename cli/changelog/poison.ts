/** `changelog poison list | show | replay | drop`: deals with messages that could not be processed. */
import type { Command } from 'commander';
import type { PoisonMessage, PoisonQueue } from '../../changelog/intake/poison-queue.ts';
import type { Context, Ends } from '../context.ts';
import { count } from '../count.ts';
import { type ExitCode, exitCodes, usageError } from '../exit-codes.ts';
import type { Printer } from '../terminal/printer.ts';
import { requiredQueues, withQueueErrors } from './queues.ts';

interface PoisonOptions {
  readonly all?: true;
  readonly json?: true;
}

/** Adds `poison` and its commands. */
export function registerPoison(changelog: Command, context: Context, ends: Ends): void {
  const poison = changelog
    .command('poison')
    .description('messages that failed five times ($CHANGELOG_STORAGE, $CHANGELOG_QUEUE)');

  poison
    .command('list')
    .description('show them with their reasons; exits with 1 if there are any')
    .option('--json', 'print one JSON object')
    .action(ends((options: PoisonOptions) => withPoison(context, (queue) => list(queue, options, context))));

  poison
    .command('show')
    .argument('<id>', 'as listed')
    .description('show one message as it was received; with --json to the last byte')
    .option('--json', 'print one JSON object')
    .action(
      ends((id: string, options: PoisonOptions) =>
        withPoison(context, (queue) => show(queue, id, options, context)),
      ),
    );

  poison
    .command('replay')
    .argument('[ids...]', 'as listed')
    .description('put messages back on the queue, after the cause was fixed')
    .option('--all', 'every message')
    .addHelpText('after', replayHelp)
    .action(
      ends((ids: string[], options: PoisonOptions) =>
        withPoison(context, (queue) => take('replay', queue, ids, options, context)),
      ),
    );

  poison
    .command('drop')
    .argument('[ids...]', 'as listed')
    .description('delete messages for good')
    .option('--all', 'every message')
    .action(
      ends((ids: string[], options: PoisonOptions) =>
        withPoison(context, (queue) => take('drop', queue, ids, options, context)),
      ),
    );
}

function withPoison(context: Context, work: (queue: PoisonQueue) => Promise<ExitCode>): Promise<ExitCode> {
  return withQueueErrors(async () => work((await requiredQueues(context)).poison));
}

async function list(queue: PoisonQueue, { json }: PoisonOptions, { out }: Context): Promise<ExitCode> {
  const messages = await queue.list();
  if (json === true) {
    out.json({ messages });
  } else if (messages.length === 0) {
    out.line('No poison messages.');
  } else {
    const rows = messages.map(({ id, tries, firstSeen, lastSeen, reason }) => [
      id,
      String(tries),
      firstSeen || '–',
      lastSeen || '–',
      reason,
    ]);
    out.table(['ID', 'TRIES', 'FIRST SEEN', 'LAST SEEN', 'REASON'], rows);
  }
  return messages.length === 0 ? exitCodes.success : exitCodes.badNews;
}

async function show(
  queue: PoisonQueue,
  id: string,
  { json }: PoisonOptions,
  { out }: Context,
): Promise<ExitCode> {
  const message = await queue.show(id);
  if (message === undefined) {
    throw usageError(
      `argument 'id': there is no poison message ${id}; deployments changelog poison list shows them`,
    );
  }
  if (json === true) out.json(message);
  else describe(message, out);
  return exitCodes.success;
}

function describe({ id, reason, tries, firstSeen, lastSeen, body }: PoisonMessage, out: Printer): void {
  out.line(`id          ${id}`);
  out.line(`reason      ${reason}`);
  out.line(`tries       ${tries}`);
  out.line(`first seen  ${firstSeen || '–'}`);
  out.line(`last seen   ${lastSeen || '–'}`);
  out.line();
  out.block(body);
}

async function take(
  action: 'replay' | 'drop',
  queue: PoisonQueue,
  ids: readonly string[],
  { all }: PoisonOptions,
  { out, err }: Context,
): Promise<ExitCode> {
  if ((all === true) === ids.length > 0) {
    throw usageError("give either argument 'ids' or option '--all'");
  }
  const taken = await queue[action](all === true ? undefined : ids);
  out.line(`${count(taken, 'message')} ${action === 'replay' ? 'put back' : 'deleted'}`);
  if (all === true || taken === new Set(ids).size) return exitCodes.success;
  err.line('Some of these messages do not exist, or somebody else is inspecting them.');
  return exitCodes.badNews;
}

const replayHelp = `
Examples:
  deployments changelog poison list
  deployments changelog poison replay 0f8c2ab4-6f0e-4f6f-9df0-6d4f4b5d8f61
  deployments changelog poison replay --all`;
