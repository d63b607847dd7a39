/**
 * What the changelog needs to be hurt: a real engine and a real Azurite, each a process of its own, and messages
 * whose fate is known. Every run has two events, of which the second decides; one message in fifty is bad.
 */
import type { QueueClient } from '@azure/storage-queue';
import { PoisonQueue, poisonQueueName } from '../../../changelog/intake/poison-queue.ts';
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { mapChangelog } from '../../support/changelog/changelog.ts';
import { stageEvent } from '../../support/changelog/events.ts';
import { type ReadingProcess, startReadingProcess } from '../../support/changelog/reading-process.ts';
import { databaseName } from '../../support/engine/data-layer.ts';
import { type ServedEngine, serveEngine } from '../../support/engine/engine.ts';
import { until } from '../../support/until.ts';

const queueName = 'faults';

export interface World {
  readonly azurite: Azurite;
  readonly queue: QueueClient;
  readonly poison: PoisonQueue;
  readonly kusto: KustoClient;
  startProcessor(): Promise<ReadingProcess>;
  /** Kills the engine, and starts it again where it was. */
  restartEngine(options?: readonly string[]): Promise<void>;
  /** Ends everything that was started. */
  close(): Promise<void>;
}

/** @param dataDir a folder with the definitions in it, for the engine */
export async function startWorld(dataDir: string): Promise<World> {
  let engine: ServedEngine = await serveEngine(dataDir);
  const { url } = engine;
  const kusto = openKusto({ cluster: url, database: databaseName, auth: { mode: 'none' } });
  const azurite = await startAzurite();
  const queue = azurite.service.getQueueClient(queueName);
  await queue.create();
  const processors: ReadingProcess[] = [];
  return {
    azurite,
    queue,
    poison: new PoisonQueue(queue, azurite.service.getQueueClient(poisonQueueName(queueName))),
    kusto,
    async startProcessor() {
      const settings = { kustoUrl: url, storage: azurite.connectionString, queueName };
      const processor = await startReadingProcess(settings);
      processors.push(processor);
      return processor;
    },
    async restartEngine(options = []) {
      await engine.kill();
      engine = await serveEngine(dataDir, ['--port', new URL(url).port, ...options]);
    },
    async close() {
      for (const processor of processors) await processor.kill();
      kusto.close();
      await engine.kill();
      await azurite.close();
    },
  };
}

/** Messages, and how it must end. */
export interface Messages {
  readonly bodies: readonly string[];
  readonly runs: number;
  readonly bad: ReadonlySet<string>;
}

/** Two events for each run from `firstRun` on, the later one first for every other run. */
export function messagesOf(firstRun: number, runs: number): Messages {
  const bad = new Set<string>();
  const bodies = Array.from({ length: runs }, (_, index) => firstRun + index).flatMap((runId) => {
    const stage = { runId, runName: `run.${runId}`, stageName: 'deploy' };
    const running = JSON.stringify(stageEvent({ ...stage, stageState: 'running' }));
    const completed = JSON.stringify(
      stageEvent({ ...stage, stageState: 'completed', stageResult: 'succeeded' }),
    );
    const pair = runId % 2 === 0 ? [running, completed] : [completed, running];
    if (runId % 25 !== 0) return pair;
    const half = running.slice(0, 100);
    bad.add(half);
    return [...pair, half];
  });
  return { bodies, runs, bad };
}

/** Puts messages on the queue, again where it was away: then some are there twice. */
export async function send({ queue }: World, { bodies }: Messages): Promise<void> {
  for (const body of bodies) await untilAnswered(() => queue.sendMessage(body));
}

/** Waits until the queue is empty. */
export function emptied({ queue }: World): Promise<void> {
  return untilAnswered(async () => (await queue.getProperties()).approximateMessagesCount === 0);
}

/** What the changelog says of every run, and what is poison. */
export async function outcome({ kusto, poison }: World) {
  const [events] = await kusto.query('StageEvent | distinct EventId | count');
  const stages = await kusto.query('StageState | summarize Runs = count() by State, Result');
  const poisoned = (await poison.list()).map(({ body }) => body);
  return { events: events?.Count, stages, poisoned: new Set(poisoned) };
}

/** What becomes of the runs as deployments. */
export async function deployments({ kusto }: World) {
  await mapChangelog(kusto);
  return kusto.query(
    "EntityChangeEventsMaterializedView | where Source == 'azurepipelines' | summarize Runs = count() by ChangeState",
  );
}

/** How it must end. */
export function outcomeOf(...messages: readonly Messages[]): Awaited<ReturnType<typeof outcome>> {
  const runs = messages.reduce((sum, one) => sum + one.runs, 0);
  return {
    events: 2 * runs,
    stages: [{ State: 'completed', Result: 'succeeded', Runs: runs }],
    poisoned: new Set(messages.flatMap(({ bad }) => [...bad])),
  };
}

/** Waits until something holds; an error means that queue or engine is away. */
const untilAnswered = (condition: () => Promise<unknown>): Promise<void> =>
  until(() => condition().catch(() => false), 600_000);
