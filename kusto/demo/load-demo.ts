/**
 * Fills a database with the demonstration data set: raw events through ingestion, then the same jobs that map
 * real data. The definitions must have been applied before.
 */
import type { KustoClient } from '../client/client.ts';
import { loadJobs } from '../jobs/job.ts';
import { defaultJobOptions, rerunJob } from '../jobs/run-job.ts';
import { recordCommand } from '../jobs/window.ts';
import { loadDefinitions } from '../schema/load.ts';
import { demoEvents } from './builds.ts';
import { isSourceTable, type RawEvents } from './events.ts';

/** The name of the row in `JobWindow` that marks the data set as complete. */
const marker = 'LoadDemo';

/** Whether the whole data set has been loaded. */
export async function demoIsLoaded(database: KustoClient): Promise<boolean> {
  return (await database.query(`JobWindow | where Job == '${marker}' | take 1`)).length > 0;
}

/**
 * Loads the data set. After a crash it can be loaded again: the same events give the same answers.
 *
 * @param now the time that the data's times are relative to
 */
export async function loadDemo(database: KustoClient, now = new Date()): Promise<void> {
  const began = new Date();
  await ingestEvents(database, demoEvents(now));
  // A range that ends in the future: nobody has to wait for the last window to close.
  const range = { start: minutesFrom(began, -5), end: minutesFrom(new Date(), 5) };
  for (const job of loadJobs()) {
    await rerunJob(database, job, range, { ...defaultJobOptions, holder: marker });
  }
  await database.command(recordCommand({ name: marker }, { start: began, end: new Date() }, marker, false));
}

/** Ingests raw events into their tables. */
export async function ingestEvents(database: KustoClient, events: RawEvents): Promise<void> {
  for (const definition of loadDefinitions()) {
    if (definition.kind !== 'table' || !isSourceTable(definition.name)) continue;
    const columns = definition.columns.map(({ name }) => name);
    await database.ingest(definition.name, columns, events[definition.name] ?? []);
  }
}

function minutesFrom(time: Date, minutes: number): Date {
  return new Date(time.getTime() + minutes * 60_000);
}
