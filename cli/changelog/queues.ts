/** Opens the queues of the changelog, which the same variables configure as for the backend. */
import { changelogSettings, readChangelogConfig } from '../../changelog/config.ts';
import type { ChangelogQueues } from '../../changelog/intake/queues.ts';
import { ConfigError, SettingsReader } from '../../settings/reader.ts';
import type { Context } from '../context.ts';
import { CommandError, exitCodes, usageError } from '../exit-codes.ts';

/** Opens the queues; undefined if the environment names no storage. @throws CommandError */
export async function queuesOfEnvironment({ environment }: Context): Promise<ChangelogQueues | undefined> {
  const reader = new SettingsReader(environment);
  const config = readChangelogConfig(reader, false);
  try {
    reader.throwIfWrong();
  } catch (error) {
    throw error instanceof ConfigError
      ? usageError(error.mistakes.map((mistake) => `$${mistake}`).join(' '))
      : error;
  }
  if (!config?.queue) return undefined;
  // Other commands start sooner without it.
  const { openQueues } = await import('../../changelog/intake/queues.ts');
  return openQueues(config.queue);
}

/** Opens the queues, which must be configured. @throws CommandError */
export async function requiredQueues(context: Context): Promise<ChangelogQueues> {
  const queues = await queuesOfEnvironment(context);
  if (queues === undefined) {
    throw usageError(`$CHANGELOG_STORAGE is not set: it must be ${changelogSettings.storage.form.rightForm}`);
  }
  return queues;
}

/** Runs `work`, and turns errors of the queue into a message and an exit code. */
export async function withQueueErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'RestError') throw error;
    const [firstLine = 'no reason given'] = error.message.split('\n');
    throw new CommandError(exitCodes.service, `the storage queue refused or did not answer: ${firstLine}`);
  }
}
