/**
 * Random histories of runs, stages, attempts and jobs, delivered shuffled and in part twice, as JSON or base64,
 * through webhook and queue: the views must say what the histories imply. `CHANGELOG_HISTORIES` sets how many
 * (200 by default), `CHANGELOG_SEED` repeats a failure. Run by engine.test.ts.
 */

import { QueueServiceClient } from '@azure/storage-queue';
import fc from 'fast-check';
import Fastify from 'fastify';
import { webhookPath } from '../../api/paths.ts';
import { PoisonQueue, poisonQueueName } from '../../changelog/intake/poison-queue.ts';
import { startQueueInlet } from '../../changelog/intake/queue-inlet.ts';
import { processingSink, webhookInlet, webhookSecretHeader } from '../../changelog/intake/webhook.ts';
import { startAzurite } from '../support/azurite.ts';
import type { TestChangelog } from '../support/changelog/changelog.ts';
import { jobEvent, runEvent, stageEvent } from '../support/changelog/events.ts';
import { until } from '../support/until.ts';

const histories = Number(process.env.CHANGELOG_HISTORIES ?? 60);
const seed = Number(process.env.CHANGELOG_SEED ?? 20_191_002);
const firstRun = 1_000_000;
/** One delivery in so many goes through the queue: Azurite takes a few hundred messages a second. */
const queueShare = 40;

const result = fc.constantFrom('succeeded', 'failed', 'canceled');

/** A stage's attempt: how far it came, and whether its job's events speak of it too. */
const attempt = fc.record({
  states: fc.constantFrom<readonly string[]>(
    ['notStarted'],
    ['notStarted', 'waiting'],
    ['running'],
    ['waiting', 'running'],
    ['notStarted', 'running', 'completed'],
    ['waiting', 'running', 'completed'],
    ['running', 'canceling', 'completed'],
  ),
  result,
  hasJob: fc.boolean(),
});

const history = fc.record({
  stages: fc.array(fc.array(attempt, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  runStates: fc.constantFrom<readonly string[]>(
    ['inProgress'],
    ['inProgress', 'completed'],
    ['inProgress', 'canceling', 'completed'],
  ),
  runResult: result,
});
type History = (typeof history extends fc.Arbitrary<infer T> ? T : never) & object;

interface Telling {
  readonly events: readonly unknown[];
  /** What the views must say: the key, then state and result. */
  readonly expected: ReadonlyMap<string, string>;
}

/** The events of a history in the order in which they happened, and what they imply. */
function tell({ stages, runStates, runResult }: History, runId: number): Telling {
  let tick = 0;
  const next = (): string => {
    tick += 1;
    const seconds = new Date(Date.UTC(2024, 0, 1) + tick * 1_000).toISOString().slice(0, 19);
    return `${seconds}.${String(tick % 10_000_000).padStart(7, '0')}Z`;
  };
  const runName = `run.${runId}`;
  const events: unknown[] = [];
  const expected = new Map<string, string>();
  for (const state of runStates) {
    const ended = state === 'completed' ? runResult : undefined;
    events.push(runEvent({ runId, runName, state, result: ended, createdDate: next() }));
    expected.set(`run/${runId}`, `${state}/${ended ?? ''}`);
  }
  for (const [index, attempts] of stages.entries()) {
    for (const [before, { states, result: end, hasJob }] of attempts.entries()) {
      const stage = { runId, runName, stageName: `deploy${index}`, attempt: before + 1 };
      for (const stageState of states) {
        const stageResult = stageState === 'completed' ? end : undefined;
        events.push(stageEvent({ ...stage, stageState, stageResult, createdDate: next() }));
        expected.set(
          `stage/${runId}/${stage.stageName}/${stage.attempt}`,
          `${stageState}/${stageResult ?? ''}`,
        );
      }
      if (!hasJob || !states.includes('running')) continue;
      // The job's event comes last and still says that its stage is running.
      const job = { ...stage, jobState: 'completed', jobResult: end, stageState: 'running' };
      events.push(jobEvent({ ...job, createdDate: next() }));
      expected.set(`job/${runId}/${stage.stageName}/${stage.attempt}`, `completed/${end}`);
    }
  }
  return { events, expected };
}

export function historySuite(changelog: () => TestChangelog): void {
  describe(`${histories} histories (seed ${seed})`, () => {
    it('give the views that they imply, in whatever order and form they are delivered', async () => {
      const tellings = fc
        .sample(history, { numRuns: histories, seed })
        .map((one, index) => tell(one, firstRun + index));
      const expected = new Map(tellings.flatMap((telling) => [...telling.expected]));
      const deliveries = shuffledDeliveries(tellings.flatMap(({ events }) => events));

      await deliverThroughBoth(changelog(), deliveries);

      expect(await statesInViews(changelog())).toEqual(expected);
      expect(await entityStates(changelog(), 'stage')).toEqual(deploymentsOf(tellings));
      expect(await entityStates(changelog(), 'job')).toEqual(jobsOf(tellings));
    });
  });
}

/** Every event at least once, a third of them twice; half as base64. */
function shuffledDeliveries(events: readonly unknown[]): string[] {
  const [deliveries = []] = fc.sample(
    fc.shuffledSubarray(
      events.flatMap((event, index) => {
        const text = JSON.stringify(event);
        const base64 = Buffer.from(text).toString('base64');
        return index % 3 === 0 ? [text, base64] : [index % 2 === 0 ? text : base64];
      }),
      { minLength: events.length + Math.ceil(events.length / 3) },
    ),
    { numRuns: 1, seed },
  );
  return deliveries;
}

async function deliverThroughBoth(
  { processor }: TestChangelog,
  deliveries: readonly string[],
): Promise<void> {
  const secret = 'a secret for this test';
  const app = Fastify();
  await webhookInlet(app, { secrets: [secret], sink: processingSink(processor) });
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}${webhookPath}`;
  const azurite = await startAzurite();
  // With retries: under this load a connection breaks now and then.
  const service = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const queue = service.getQueueClient('events');
  await queue.create();
  const poison = new PoisonQueue(queue, service.getQueueClient(poisonQueueName('events')));
  const inlet = startQueueInlet({ queue, poison, processor, idleMs: 20 });

  const waiting = deliveries.entries();
  const lane = async (): Promise<void> => {
    for (const [index, body] of waiting) {
      if (index % queueShare === 0) await queue.sendMessage(body);
      else {
        const response = await fetch(url, {
          method: 'POST',
          body,
          headers: { [webhookSecretHeader]: secret },
        });
        expect(response.status).toBe(202);
      }
    }
  };
  await Promise.all(Array.from({ length: 200 }, lane));
  await until(async () => (await queue.getProperties()).approximateMessagesCount === 0, 600_000);
  await inlet.stop();
  expect(await poison.count()).toBe(0);
  await azurite.close();
  await app.close();
}

async function statesInViews(changelog: TestChangelog): Promise<Map<string, string>> {
  const rows = await changelog.query(`union
      (RunState | project RunId, Key = strcat('run/', tostring(RunId)), Told = strcat(State, '/', Result)),
      (StageState | project RunId, Key = strcat('stage/', tostring(RunId), '/', StageName, '/', tostring(Attempt)), Told = strcat(State, '/', Result)),
      (JobState | project RunId, Key = strcat('job/', tostring(RunId), '/', StageName, '/', tostring(Attempt)), Told = strcat(State, '/', Result))
    | where RunId >= ${firstRun} and RunId < ${firstRun + histories}
    | project Key, Told`);
  return new Map(rows.map(({ Key, Told }) => [String(Key), String(Told)]));
}

/** The states of stages, or of the one job of each, by run and stage. */
async function entityStates(
  changelog: TestChangelog,
  entityType: 'stage' | 'job',
): Promise<Map<string, string>> {
  await changelog.map();
  const rows = await changelog.query(
    `EntityChangeEventsMaterializedView | where Source == 'azurepipelines' and EntityType == '${entityType}' | project DeploymentId = ParentChangeActivity, ChangeState`,
  );
  const ours = rows.flatMap(({ DeploymentId, ChangeState }): [string, string][] => {
    const [, , run, stage] = String(DeploymentId).split('/');
    const isOurs = Number(run) >= firstRun && Number(run) < firstRun + histories;
    return isOurs ? [[`${run}/${stage}`, String(ChangeState)]] : [];
  });
  return new Map(ours);
}

/** A deployment for every stage that was ever at work or waiting, in the state of its latest attempt. */
function deploymentsOf(tellings: readonly Telling[]): Map<string, string> {
  const latest = new Map<string, { attempt: number; told: string; wasActive: boolean }>();
  for (const [key, told] of tellings.flatMap((telling) => [...telling.expected])) {
    const [kind, run, stage, attemptText] = key.split('/');
    if (kind !== 'stage') continue;
    const id = `${run}/${stage}`;
    const attempt = Number(attemptText);
    const known = latest.get(id);
    const wasActive = (known?.wasActive ?? false) || !told.startsWith('notStarted');
    latest.set(id, { attempt, told, wasActive });
  }
  return new Map(
    [...latest]
      .filter(([, { wasActive }]) => wasActive)
      .map(([id, { told }]) => {
        const [state = '', end = ''] = told.split('/');
        return [id, state === 'completed' ? end : state === 'waiting' ? 'waitingForApproval' : state];
      }),
  );
}

/** The end of the latest attempt of each job. */
function jobsOf(tellings: readonly Telling[]): Map<string, string> {
  const ends = tellings
    .flatMap(({ expected }) => [...expected])
    .map(([key, told]): [string, string] => [key, told.replace('completed/', '')])
    .filter(([key]) => key.startsWith('job/'));
  return new Map(ends.map(([key, end]): [string, string] => [key.split('/').slice(1, 3).join('/'), end]));
}
