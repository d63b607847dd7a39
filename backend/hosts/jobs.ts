/** The mapping jobs of a host whose data is in a cluster; a host with its own engine has them in embedded-data.ts. */
import type { FastifyBaseLogger } from 'fastify';
import type { ChangelogConfig } from '../../changelog/config.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { JobScheduler } from '../../kusto/jobs/scheduler.ts';
import type { BuildChanges } from '../cache/build-changes.ts';

/** A scheduler that does nothing until it is started, nudged or asked for a round. Failures go to the log. */
export function openHostJobs(
  kusto: KustoClient,
  changelog: Pick<ChangelogConfig, 'mappingMs'> | undefined,
  log: Pick<FastifyBaseLogger, 'warn'>,
  changes: Pick<BuildChanges, 'mapped'>,
): JobScheduler {
  return new JobScheduler({
    database: kusto,
    ...(changelog && { tailMs: changelog.mappingMs }),
    onMapped: () => changes.mapped(),
    onFailure: (job, error) => log.warn({ job: job.name, err: error }, 'a mapping job failed'),
  });
}
