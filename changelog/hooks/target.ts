/**
 * Where a subscription delivers: the storage queue that the changelog reads, or its webhook. Azure DevOps returns
 * secrets masked, so they are written and never compared.
 */
import type { Subscription } from '../../azure-devops/records.ts';

/** Events cannot be delivered to this target; the message says what a valid one looks like. */
export class HookTargetError extends Error {
  override readonly name = 'HookTargetError';
}

/** A target of deliveries. */
export interface HookTarget {
  readonly title: string;
  readonly consumerId: 'azureStorageQueue' | 'webHooks';
  readonly consumerActionId: 'enqueue' | 'httpRequest';
  /** Inputs that identify a subscription as ours. */
  readonly identity: Readonly<Record<string, string>>;
  /** Inputs that can be read back and compared. */
  readonly settings: Readonly<Record<string, string>>;
  /** The input that holds the secret. */
  readonly secretInput: 'accountKey' | 'basicAuthPassword';
}

/** The user name that is sent with the webhook's secret. */
export const webhookUser = 'azure-devops';

/**
 * The text for people becomes the column Message. It takes a few hundred bytes; a queue message holds 64 KiB, so its
 * other forms and the detailed text are left out.
 */
const contents = { resourceDetailsToSend: 'all', messagesToSend: 'text', detailedMessagesToSend: 'none' };
const sevenDaysInSeconds = String(7 * 24 * 3600);

/** Whether a subscription delivers to this target. */
export function deliversTo(target: HookTarget, subscription: Subscription): boolean {
  return (
    subscription.consumerId === target.consumerId &&
    subscription.consumerActionId === target.consumerActionId &&
    Object.entries(target.identity).every(([name, value]) => subscription.consumerInputs[name] === value)
  );
}

/** The storage queue `account/queue`. @throws HookTargetError */
export function queueTarget(text: string): HookTarget {
  const match = /^(?<account>[a-z0-9]{3,24})\/(?<queue>[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9])$/.exec(text);
  const { account, queue } = match?.groups ?? {};
  if (account === undefined || queue === undefined || queue.includes('--')) {
    throw new HookTargetError(
      'Expected a storage account and a queue, such as contosohooks/azure-devops-events, in lower case.',
    );
  }
  return {
    title: `queue ${account}/${queue}`,
    consumerId: 'azureStorageQueue',
    consumerActionId: 'enqueue',
    identity: { accountName: account, queueName: queue },
    settings: { visiTimeout: '0', ttl: sevenDaysInSeconds, ...contents },
    secretInput: 'accountKey',
  };
}

/** The webhook at an https address. @throws HookTargetError */
export function webhookTarget(text: string): HookTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:') {
    throw new HookTargetError(
      'Expected an address such as https://changelog.example.com/hooks/v1/events; a secret is sent to it, so https only.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new HookTargetError('Credentials do not belong in the address; they come from $CHANGELOG_SECRET.');
  }
  return {
    title: `webhook ${url.href}`,
    consumerId: 'webHooks',
    consumerActionId: 'httpRequest',
    identity: { url: url.href },
    settings: { basicAuthUsername: webhookUser, ...contents },
    secretInput: 'basicAuthPassword',
  };
}
