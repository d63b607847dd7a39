/**
 * The changelog put together for a server process: inlets, processor, mapping, artifacts and environments.
 * Everything that must survive is in Kusto or on the queue, so any instance may end at any time; `stop` only
 * spares the others the repetition.
 */
import type { KustoConnectionStringBuilder } from 'azure-kusto-data';
import type { FastifyInstance } from 'fastify';
import type { AzureDevOps } from '../../azure-devops/client.ts';
import type { KustoDatabase } from '../../kusto/client.ts';
import { startJobSchedule } from '../../kusto/job-schedule.ts';
import { loadJobs } from '../../kusto/jobs.ts';
import { ArtifactReader } from './artifact-reader.ts';
import { startBackgroundReading } from './background-reading.ts';
import type { ChangelogConfig } from './config.ts';
import { EnvironmentReader } from './environment-reader.ts';
import { changelogJobs, MappingRunner } from './mapping-runner.ts';
import type { Place } from './place.ts';
import { ChangelogProcessor, type ProcessorCounts } from './processor.ts';
import { ageOfOldestMessage, type QueueNotice, startQueueInlet } from './queue-inlet.ts';
import { type ChangelogQueues, enqueueingSink, openQueues } from './queues.ts';
import { startReconciling } from './reconcile/service.ts';
import { openRowStore } from './row-store.ts';
import { RowWriter } from './row-writer.ts';
import type { CompletedBuild } from './table-rows.ts';
import { processingSink, webhookInlet } from './webhook-inlet.ts';

export interface ChangelogServiceOptions {
  readonly config: ChangelogConfig;
  /** How to reach the database with streaming ingestion, and as whom. */
  readonly connection: KustoConnectionStringBuilder;
  readonly databaseName: string;
  /** The same database for queries and commands; the caller closes it. */
  readonly database: KustoDatabase;
  /** Whether this process runs the windows of all jobs; false where somebody else does. */
  readonly runsJobs: boolean;
  /** The client of an organization. Without it, neither artifacts nor environments are read, and nothing reconciled. */
  readonly clientOf?: ((organization: string) => AzureDevOps) | undefined;
  readonly log: ChangelogLog;
}

/** Where the service reports; a pino logger fits. */
export interface ChangelogLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Numbers for metrics. */
export interface ChangelogMetrics extends ProcessorCounts {
  readonly waitingRows: number;
  /** Age of the oldest message on the queue in seconds; undefined without a queue, or before it was asked. */
  readonly oldestMessageAgeSeconds: number | undefined;
}

export interface ChangelogService {
  readonly processor: ChangelogProcessor;
  readonly queues: ChangelogQueues | undefined;
  metrics(): ChangelogMetrics;
  /** Stops taking, finishes what is at hand. */
  stop(): Promise<void>;
}

const lookAroundMs = 60_000;
/** Artifacts are read this long after a build's event, so that those of several are read together. */
const artifactDelayMs = 2_000;
/** Environments are read this long after a stage's event: a request for each, hence seldom. */
const environmentDelayMs = 15_000;
/** A queue whose oldest message is older than this is not being kept up with. */
const oldMessageSeconds = 15 * 60;

/** Starts the changelog, and adds the webhook to `app` where a secret is set. */
export async function startChangelog(
  app: FastifyInstance,
  options: ChangelogServiceOptions,
): Promise<ChangelogService> {
  const { config, database, log } = options;
  const mapping = new MappingRunner({
    database,
    jobs: changelogJobs(),
    intervalMs: config.mappingMs,
    onFailure: (job, error) => log.warn({ job: job.name, err: error }, 'changelog: mapping failed'),
  });
  const store = openRowStore(options.connection, options.databaseName);
  const writer = new RowWriter(store, {
    flushAfterMs: config.flushMs,
    onCommit: (flush) => mapping.committed(flush),
  });
  const artifacts = startArtifactReading(options, writer);
  const environments = startEnvironmentReading(options, writer);
  const processor = new ChangelogProcessor({
    writer,
    onCompletedBuild: () => artifacts?.soon(),
    onStage: () => environments?.soon(),
  });
  const direct = processingSink(processor);
  const queues = config.queue && (await openQueues(config.queue));
  if (config.secrets.length > 0) {
    const sink = queues ? enqueueingSink(queues, direct) : direct;
    await webhookInlet(app, { secrets: config.secrets, sink });
  }
  const inlet = queues && (await startInlet(queues, processor, log));
  const watch = queues && watchQueue(queues, log);
  const reconciling = startReconcilingOf(options, processor, writer);
  const schedule = options.runsJobs
    ? startJobSchedule({
        database,
        jobs: loadJobs(),
        onFailure: (job, error) => log.warn({ job: job.name, err: error }, 'changelog: a job failed'),
      })
    : undefined;
  return {
    processor,
    queues,
    metrics: () => ({
      ...processor.counts,
      waitingRows: writer.waitingRows,
      oldestMessageAgeSeconds: watch?.oldestAgeSeconds(),
    }),
    async stop() {
      watch?.stop();
      await inlet?.stop();
      await reconciling?.stop();
      await artifacts?.stop();
      await environments?.stop();
      await writer.close();
      await mapping.stop();
      await schedule?.stop();
      store.close();
    },
  };
}

/** Fetches what service hooks lost, where organizations are named and there are credentials to ask them. */
function startReconcilingOf(
  { config, clientOf, database, log }: ChangelogServiceOptions,
  processor: ChangelogProcessor,
  writer: RowWriter,
) {
  if (!config.reconcile) return undefined;
  if (!clientOf) {
    log.warn({}, 'changelog: nothing is reconciled: there are no credentials for Azure DevOps');
    return undefined;
  }
  return startReconciling({
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

async function startInlet(queues: ChangelogQueues, processor: ChangelogProcessor, log: ChangelogLog) {
  await queues.main.createIfNotExists().catch((error: unknown) => {
    log.warn({ err: error }, 'changelog: the queue does not answer yet');
  });
  return startQueueInlet({
    queue: queues.main,
    poison: queues.poison,
    processor,
    onNotice: (notice) => log.warn({ ...notice }, `changelog: ${noticeText[notice.kind]}`),
  });
}

const noticeText: Readonly<Record<QueueNotice['kind'], string>> = {
  poisoned: 'a message was moved to the poison queue',
  nearExpiry: 'a message is near its expiry',
  storeAway: 'Kusto takes no rows; messages are held',
  queueAway: 'the queue does not answer',
};

/** Looks every minute how old the oldest message is, and warns of one that waits too long. */
function watchQueue({ main }: ChangelogQueues, log: ChangelogLog) {
  let seconds: number | undefined;
  const look = async (): Promise<void> => {
    try {
      seconds = Math.round((await ageOfOldestMessage(main)) / 1000);
      if (seconds > oldMessageSeconds) {
        log.warn({ oldestMessageAgeSeconds: seconds }, 'changelog: the queue is not kept up with');
      }
    } catch (error) {
      log.warn({ err: error }, 'changelog: the queue does not answer');
    }
  };
  void look();
  const timer = setInterval(() => void look(), lookAroundMs);
  return { oldestAgeSeconds: () => seconds, stop: () => clearInterval(timer) };
}

/** Reads artifacts soon after a build has ended. */
function startArtifactReading({ database, clientOf, log }: ChangelogServiceOptions, writer: RowWriter) {
  if (!clientOf) return undefined;
  const failed = (fields: object) => log.warn(fields, 'changelog: artifacts could not be read');
  const onFailure = (build: CompletedBuild, error: unknown) => failed({ build, err: error });
  const reader = new ArtifactReader({ database, writer, clientOf, onFailure });
  return startBackgroundReading({
    read: () => reader.readAll(),
    delayMs: artifactDelayMs,
    onFailure: (error) => failed({ err: error }),
  });
}

/** Reads the environments of stages soon after an event that tells of one. */
function startEnvironmentReading({ database, clientOf, log }: ChangelogServiceOptions, writer: RowWriter) {
  if (!clientOf) return undefined;
  const failed = (fields: object) => log.warn(fields, 'changelog: environments could not be read');
  const onFailure = (project: Place, error: unknown) => failed({ ...project, err: error });
  const reader = new EnvironmentReader({ database, writer, clientOf, onFailure });
  return startBackgroundReading({
    read: () => reader.readAll(),
    delayMs: environmentDelayMs,
    onFailure: (error) => failed({ err: error }),
  });
}
