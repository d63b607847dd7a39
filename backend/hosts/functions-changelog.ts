/**
 * The functions of the changelog: the webhook, the queue's messages, and timers. Loaded only where the changelog is
 * served.
 */
import type { Changelog } from '../../changelog/changelog.ts';
import { type ChangelogConfig, hasWebhook } from '../../changelog/config.ts';
import { logNotice } from '../../changelog/intake/notices.ts';
import { processTriggered, type TriggeredMessage } from '../../changelog/intake/queue-trigger.ts';
import type { FunctionRegistry, Registration } from './functions-triggers.ts';

/** Registers them. */
export function registerChangelog(
  { registry, serve, repeat }: Registration,
  config: ChangelogConfig,
  changelog: Changelog,
): void {
  const { artifacts, environments, reconciling } = changelog;
  if (hasWebhook(config)) serve('hooks', ['POST']);
  registerQueue(registry, config, changelog);
  if (artifacts) repeat('artifacts', () => artifacts.now());
  if (environments) repeat('environments', () => environments.now());
  if (reconciling.length > 0)
    repeat('reconcile', async (signal) => {
      for (const round of reconciling) await round(signal);
    });
}

function registerQueue(
  registry: FunctionRegistry,
  { queue }: ChangelogConfig,
  { processor, queues, log }: Changelog,
): void {
  if (!queue || !queues) return;
  registry.storageQueue('events', {
    queueName: queue.name,
    // The setting itself, or the settings that begin with it: an identity's.
    connection: 'CHANGELOG_STORAGE',
    handler: (message, { triggerMetadata = {} }) =>
      processTriggered(triggeredMessage(message, triggerMetadata), {
        processor,
        queues,
        onNotice: (notice) => logNotice(log, notice),
      }),
  });
}

/** The host's values are numbers and ISO times, as texts or not. An event's own `id` stands over the message's. */
function triggeredMessage(message: unknown, metadata: Readonly<Record<string, unknown>>): TriggeredMessage {
  const dequeueCount = Number(metadata.dequeueCount);
  return {
    message,
    id: String(metadata.id),
    dequeueCount: Number.isInteger(dequeueCount) ? dequeueCount : 1,
    insertionTime: timeOf(metadata.insertionTime) ?? new Date(),
    expirationTime: timeOf(metadata.expirationTime) ?? new Date(8.64e15),
  };
}

function timeOf(value: unknown): Date | undefined {
  const time = new Date(String(value));
  return Number.isNaN(time.getTime()) ? undefined : time;
}
