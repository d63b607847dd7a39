/**
 * Where a subscription delivers: the storage queue that the changelog reads, or its webhook. Secrets come
 * from the environment; Azure DevOps gives them back masked, so they are written and never compared.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Subscription } from '../../azure-devops/records.ts';
import type { Context } from '../context.ts';
import { usageError } from '../exit-codes.ts';

/** What identifies the place of delivery; `identity` are the inputs by which a subscription is ours. */
export interface HookTarget {
  readonly title: string;
  readonly consumerId: 'azureStorageQueue' | 'webHooks';
  readonly consumerActionId: 'enqueue' | 'httpRequest';
  readonly identity: Readonly<Record<string, string>>;
  /** Inputs that can be read back and compared. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface TargetOptions {
  readonly queue?: HookTarget;
  readonly webhook?: HookTarget;
}

/** Variables that hold the secrets of the targets. */
export const secretVariables = { queue: 'AZURE_STORAGE_KEY', webhook: 'CHANGELOG_SECRET' } as const;

/** The user name that goes with the webhook's secret. */
export const webhookUser = 'azure-devops';

/** A queue message holds 64 KiB and the changelog reads fields, so the texts for people stay out. */
const contents = { resourceDetailsToSend: 'all', messagesToSend: 'none', detailedMessagesToSend: 'none' };
const sevenDaysInSeconds = String(7 * 24 * 3600);

/** Adds `--queue` and `--webhook`. */
export function addTargetOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--queue <account/queue>', 'deliver to this storage queue')
        .argParser(queueTarget)
        .conflicts('webhook'),
    )
    .addOption(new Option('--webhook <url>', 'deliver to this https address').argParser(webhookTarget));
}

/** The one target that the options name. @throws CommandError */
export function chosenTarget(options: TargetOptions): HookTarget {
  const target = options.queue ?? options.webhook;
  if (target === undefined) {
    throw usageError(
      "option '--queue <account/queue>' or '--webhook <url>' is needed to say where events go",
    );
  }
  return target;
}

/** The confidential inputs of the target, from the environment. @throws CommandError */
export function targetSecrets(
  target: HookTarget,
  { environment }: Context,
): Readonly<Record<string, string>> {
  const queue = target.consumerId === 'azureStorageQueue';
  const variable = queue ? secretVariables.queue : secretVariables.webhook;
  const secret = environment[variable];
  if (!secret) {
    const meaning = queue ? 'an access key of the storage account' : 'the secret that the webhook expects';
    throw usageError(`$${variable} is not set: it must hold ${meaning}`);
  }
  return queue ? { accountKey: secret } : { basicAuthPassword: secret };
}

/** Whether a subscription delivers to this target. */
export function deliversTo(target: HookTarget, subscription: Subscription): boolean {
  return (
    subscription.consumerId === target.consumerId &&
    subscription.consumerActionId === target.consumerActionId &&
    Object.entries(target.identity).every(([name, value]) => subscription.consumerInputs[name] === value)
  );
}

function queueTarget(text: string): HookTarget {
  const match = /^(?<account>[a-z0-9]{3,24})\/(?<queue>[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9])$/.exec(text);
  const { account, queue } = match?.groups ?? {};
  if (account === undefined || queue === undefined || queue.includes('--')) {
    throw new InvalidArgumentError(
      'Expected a storage account and a queue, such as contosohooks/azure-devops-events, in lower case.',
    );
  }
  return {
    title: `queue ${account}/${queue}`,
    consumerId: 'azureStorageQueue',
    consumerActionId: 'enqueue',
    identity: { accountName: account, queueName: queue },
    settings: { visiTimeout: '0', ttl: sevenDaysInSeconds, ...contents },
  };
}

function webhookTarget(text: string): HookTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:') {
    throw new InvalidArgumentError(
      'Expected an address such as https://changelog.example.com/hooks/v1/events; a secret is sent to it, so https only.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError(
      `Credentials do not belong into the address: set $${secretVariables.webhook}.`,
    );
  }
  return {
    title: `webhook ${url.href}`,
    consumerId: 'webHooks',
    consumerActionId: 'httpRequest',
    identity: { url: url.href },
    settings: { basicAuthUsername: webhookUser, ...contents },
  };
}
