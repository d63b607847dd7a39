/** The options that choose where events go, and the secrets for it, which come from the environment. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type HookTarget,
  HookTargetError,
  queueTarget,
  webhookTarget,
} from '../../changelog/hooks/target.ts';
import { readSetting } from '../../settings/reader.ts';
import type { Context } from '../context.ts';
import { usageError } from '../exit-codes.ts';
import { requireOption } from '../required-options.ts';
import { cliSettings } from '../settings.ts';

export interface TargetOptions {
  readonly queue?: HookTarget;
  readonly webhook?: HookTarget;
}

/** Adds `--queue` and `--webhook`, and requires one of them. */
export function addTargetOptions(command: Command): Command {
  return requireOption(command, {
    title: "'--queue <account/queue>' or '--webhook <url>'",
    purpose: 'it says where events go',
    isGiven: ({ queue, webhook }) => queue !== undefined || webhook !== undefined,
  })
    .addOption(
      new Option('--queue <account/queue>', 'deliver to this storage queue')
        .argParser(argumentOf(queueTarget))
        .conflicts('webhook'),
    )
    .addOption(
      new Option('--webhook <url>', 'deliver to this https address').argParser(argumentOf(webhookTarget)),
    );
}

/** The target that the options choose. @throws CommandError */
export function chosenTarget(options: TargetOptions): HookTarget {
  const target = options.queue ?? options.webhook;
  if (target === undefined) {
    throw usageError(
      "option '--queue <account/queue>' or '--webhook <url>' is required: it says where events go",
    );
  }
  return target;
}

/** The confidential inputs of the target, from the environment. @throws CommandError */
export function targetSecrets(
  target: HookTarget,
  { environment }: Context,
): Readonly<Record<string, string>> {
  const isQueue = target.secretInput === 'accountKey';
  const setting = isQueue ? cliSettings.storageKey : cliSettings.webhookSecret;
  const secret = readSetting(setting, environment);
  if (!secret) {
    const meaning = isQueue ? 'an access key of the storage account' : 'the secret that the webhook expects';
    throw usageError(`$${setting.name} is not set: it must hold ${meaning}`);
  }
  return { [target.secretInput]: secret };
}

function argumentOf(read: (text: string) => HookTarget): (text: string) => HookTarget {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof HookTargetError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}
