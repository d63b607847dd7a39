/** Ev2 rollouts of one build, told to a database in the few words that tests of waiting need. */
import type { KustoClient } from '../../../kusto/client/client.ts';
import type { BuildName } from '../../../kusto/demo/events.ts';
import { ingestEvents } from '../../../kusto/demo/load-demo.ts';
import { ev2Stories, type Fate, type Story } from '../../../kusto/demo/stories.ts';
import { loadJobs } from '../../../kusto/jobs/job.ts';
import { defaultJobOptions, rerunJob } from '../../../kusto/jobs/run-job.ts';

/** Makes the build known with one rollout for each fate; told again, the same rollouts have fared on. */
export function tellRollouts(database: KustoClient, build: BuildName, ...fates: Fate[]): Promise<void> {
  return tellStories(
    database,
    build,
    fates.map((fate, index) => ({ minutesAgo: 60 - index, entities: [fate] })),
  );
}

/** Makes the build known with one rollout for each story. */
export async function tellStories(
  database: KustoClient,
  build: BuildName,
  stories: readonly Story[],
): Promise<void> {
  await ingestEvents(database, ev2Stories(build, stories, new Date()));
  const hour = 3_600_000;
  const range = { start: new Date(Date.now() - hour), end: new Date(Date.now() + hour) };
  const mapping = loadJobs().find(({ name }) => name === 'Build2PayloadEv2');
  if (!mapping) throw new Error('there is no job Build2PayloadEv2');
  await rerunJob(database, mapping, range, { ...defaultJobOptions, holder: 'test' });
}
