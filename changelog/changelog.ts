/**
 * Puts the changelog together: the webhook, the processor behind every inlet, and the recurring work. The host decides
 * when that runs: a server has loops (loops.ts), Azure Functions has triggers. Everything that must survive is in
 * Kusto or on the queue, so any instance may end at any time; `close` only saves others from redoing the work.
 */
import type { FastifyInstance } from 'fastify';
import type { BuildKey, ProjectKey } from '../api/keys.ts';
import type { AzureDevOps } from '../azure-devops/client.ts';
import type { KustoClient } from '../kusto/client/client.ts';
import type { JobScheduler } from '../kusto/jobs/scheduler.ts';
import { sleep } from '../net/sleep.ts';
import { ArtifactReader } from './catch-up/artifact-reader.ts';
import { BackgroundReading } from './catch-up/background-reading.ts';
import { ContentsReader } from './catch-up/contents-reader.ts';
import { EnvironmentReader } from './catch-up/environment-reader.ts';
import { type OrganizationRound, openReconciling } from './catch-up/reconcile/organizations.ts';
import { type ChangelogConfig, hasWebhook, type QueueConfig } from './config.ts';
import { touchedBuilds } from './events/touched-builds.ts';
import { type ChangelogQueues, enqueueingSink, openQueues } from './intake/queues.ts';
import { processingSink, webhookInlet } from './intake/webhook.ts';
import { type ChangelogLog, type ChangelogMetrics, startWatch } from './metrics.ts';
import { ChangelogProcessor } from './store/processor.ts';
import { openRowStore } from './store/row-store.ts';
import { RowWriter } from './store/row-writer.ts';

export interface ChangelogOptions {
  readonly config: ChangelogConfig;
  /** The caller closes it. */
  readonly database: KustoClient;
  /** The client of an organization. Without it, no artifacts or environments are read, and nothing is reconciled. */
  readonly clientOf?: ((organization: string) => AzureDevOps) | undefined;
  /** Told of each commit, so that what came in is mapped at once. The caller starts and stops it. */
  readonly jobs: Pick<JobScheduler, 'nudge'>;
  /** Told of the builds that an event is about, once its rows are committed. */
  readonly onTouchedBuilds?: (builds: readonly BuildKey[]) => void;
  readonly log: ChangelogLog;
}

export interface Changelog {
  readonly processor: ChangelogProcessor;
  /** Undefined: events are processed where they arrive. */
  readonly queues: ChangelogQueues | undefined;
  /** Reads the artifacts, changes and work items of completed builds; undefined without credentials for Azure DevOps. */
  readonly artifacts: BackgroundReading | undefined;
  /** Reads the environments of stages; undefined without credentials. */
  readonly environments: BackgroundReading | undefined;
  /** One for each organization that is reconciled. */
  readonly reconciling: readonly OrganizationRound[];
  readonly log: ChangelogLog;
  metrics(): ChangelogMetrics;
  /** Commits what is in progress, and accepts nothing more. */
  close(): Promise<void>;
}

/** Artifacts, changes and work items are read this long after a build's event, so that several builds are read together. */
const artifactDelayMs = 2_000;
/** Environments are read this long after a stage's event: seldom, as each takes a request. */
const environmentDelayMs = 15_000;
const longestCreationMs = 3_000;

/** Opens the changelog, and adds the webhook to `app` if a secret is set. */
export async function openChangelog(app: FastifyInstance, options: ChangelogOptions): Promise<Changelog> {
  const { config, database, jobs, log } = options;
  const writer = new RowWriter(openRowStore(database), {
    flushAfterMs: config.flushMs,
    onCommit: (flush) => {
      options.onTouchedBuilds?.(touchedBuilds(flush.rows));
      jobs.nudge(flush);
    },
  });
  const artifacts = artifactReadingOf(options, writer);
  const environments = environmentReadingOf(options, writer);
  const processor = new ChangelogProcessor({
    writer,
    onCompletedBuild: () => artifacts?.soon(),
    onStage: () => environments?.soon(),
  });
  const queues = config.queue && (await openCreatedQueues(config.queue, log));
  if (hasWebhook(config)) {
    const direct = processingSink(processor);
    const sink = queues ? enqueueingSink(queues, direct) : direct;
    const { secrets, organizationSecrets } = config;
    await webhookInlet(app, { secrets, organizationSecrets, sink });
  }
  const watch = startWatch({ counts: processor.counts, writer, queues, log });
  return {
    processor,
    queues,
    artifacts,
    environments,
    reconciling: reconcilingOf(options, processor, writer),
    log,
    metrics: watch.metrics,
    async close() {
      watch.stop();
      await artifacts?.stop();
      await environments?.stop();
      await writer.close();
    },
  };
}

/** Opens the queues and creates the main one, without waiting long for a storage account that is unavailable. */
async function openCreatedQueues(config: QueueConfig, log: ChangelogLog): Promise<ChangelogQueues> {
  const queues = await openQueues(config);
  const created = queues.main.createIfNotExists().catch((error: unknown) => {
    log.warn({ err: error }, 'changelog: the queue does not answer yet');
  });
  const over = new AbortController();
  await Promise.race([created, sleep(longestCreationMs, over.signal)]);
  over.abort();
  return queues;
}

/** Reads artifacts, changes and work items soon after a build has completed. */
function artifactReadingOf({ database, clientOf, log }: ChangelogOptions, writer: RowWriter) {
  if (!clientOf) return undefined;
  const failed = (fields: object) => log.warn(fields, 'changelog: artifacts or changes could not be read');
  const onFailure = (build: BuildKey, error: unknown) => failed({ build, err: error });
  const readers = [ArtifactReader, ContentsReader].map(
    (Reader) => new Reader({ database, writer, clientOf, onFailure }),
  );
  return new BackgroundReading({
    read: async () => {
      for (const reader of readers) await reader.readAll();
    },
    delayMs: artifactDelayMs,
    onFailure: (error) => failed({ err: error }),
  });
}

/** Reads the environments of stages soon after an event of a stage. */
function environmentReadingOf({ database, clientOf, log }: ChangelogOptions, writer: RowWriter) {
  if (!clientOf) return undefined;
  const failed = (fields: object) => log.warn(fields, 'changelog: environments could not be read');
  const onFailure = (project: ProjectKey, error: unknown) => failed({ ...project, err: error });
  const reader = new EnvironmentReader({ database, writer, clientOf, onFailure });
  return new BackgroundReading({
    read: () => reader.readAll(),
    delayMs: environmentDelayMs,
    onFailure: (error) => failed({ err: error }),
  });
}

/** The rounds that fetch what service hooks lost, if organizations and credentials are configured. */
function reconcilingOf(
  { config, clientOf, database, log }: ChangelogOptions,
  processor: ChangelogProcessor,
  writer: RowWriter,
): readonly OrganizationRound[] {
  if (!config.reconcile) return [];
  if (!clientOf) {
    log.warn({}, 'changelog: nothing is reconciled without credentials for Azure DevOps');
    return [];
  }
  return openReconciling({
    organizations: config.reconcile,
    clientOf,
    database,
    processor,
    writer,
    onRound: (organization, projects) => log.info({ organization, projects }, 'changelog: reconciled'),
    onFailure: (organization, error) =>
      log.warn({ organization, err: error }, 'changelog: reconciling failed; it will be tried again'),
  });
}
