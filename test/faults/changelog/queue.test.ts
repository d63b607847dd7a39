/**
 * Events flow through a real Azurite and a real engine while the processor is killed at random moments, the
 * engine is started again, and the queue goes away. `CHANGELOG_FAULT_EVENTS`, `CHANGELOG_FAULT_KILLS` and
 * `CHANGELOG_QUEUE_AWAY_SECONDS` make it long (5,000, 50 and 30 for the whole of it).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { PoisonQueue, poisonQueueName } from '../../../backend/changelog/poison-queue.ts';
import { applyPlan, planFor } from '../../../kusto/apply.ts';
import { connect } from '../../../kusto/client.ts';
import { startAzurite } from '../../support/azurite.ts';
import { stageEvent } from '../../support/changelog-events.ts';

jest.setTimeout(1_800_000);

const events = Number(process.env.CHANGELOG_FAULT_EVENTS ?? 100);
const kills = Number(process.env.CHANGELOG_FAULT_KILLS ?? 2);
const awaySeconds = Number(process.env.CHANGELOG_QUEUE_AWAY_SECONDS ?? 2);
const tsx = createRequire(import.meta.url).resolve('tsx');
const root = new URL('../../../', import.meta.url).pathname;
const queueName = 'faults';
const database = 'NetDefaultDB';

function startProcess(script: string, options: readonly string[], environment = {}): ChildProcess {
  return spawn(process.execPath, ['--import', tsx, join(root, script), ...options], {
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function saying(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = '';
  for (;;) {
    const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    text += chunk.toString();
    const [, said] = pattern.exec(text) ?? [];
    if (said !== undefined) return said;
  }
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await sleep(200);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it(`loses none of ${events} events and counts none twice, through ${kills} kills and outages`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'changelog-faults-'));
  const startEngine = (port: string) =>
    startProcess('cli/kusto.ts', ['serve', '--port', port, '--data', folder]);
  let engine = startEngine('0');
  const url = await saying(engine, /engine at (http:\S+?),/);
  const { port } = new URL(url);
  const kusto = connect(url, database);
  await applyPlan(kusto, await planFor(kusto, database));
  const azurite = await startAzurite();
  const queue = azurite.service.getQueueClient(queueName);
  await queue.create();
  const poison = new PoisonQueue(queue, azurite.service.getQueueClient(poisonQueueName(queueName)));
  const startProcessor = () =>
    startProcess('test/support/changelog-process.ts', [], {
      KUSTO_URL: url,
      QUEUE_STORAGE: azurite.connectionString,
      QUEUE_NAME: queueName,
    });

  // One message in fifty is bad.
  const bad = new Set<string>();
  const send = async (): Promise<void> => {
    for (let index = 0; index < events; index++) {
      const text = JSON.stringify(stageEvent({ runId: 1 + index, stageName: 'deploy' }));
      await until(async () => Boolean((await queue.sendMessage(text)).messageId));
      if (index % 50 !== 0) continue;
      const half = text.slice(0, 100 + index);
      bad.add(half);
      await until(async () => Boolean((await queue.sendMessage(half)).messageId));
    }
  };
  const sending = send();
  for (let round = 0; round < kills; round++) {
    const processor = startProcessor();
    await saying(processor, /(reading)/);
    await sleep(Math.random() * 1_500);
    if (round === Math.floor(kills / 2)) {
      await kill(engine);
      engine = startEngine(port);
      await azurite.kill();
      await sleep(awaySeconds * 1000);
      await azurite.start();
    }
    await kill(processor);
  }
  const processor = startProcessor();
  await sending;
  await until(async () => (await queue.getProperties()).approximateMessagesCount === 0);
  await until(async () => (await poison.count()) >= bad.size);

  const [states] = await kusto.query('StageState | count');
  expect(states).toEqual({ Count: events });
  const [seen] = await kusto.query('StageEvent | distinct EventId | count');
  expect(seen).toEqual({ Count: events });
  const poisoned = (await poison.list()).map(({ body }) => body);
  expect(new Set(poisoned)).toEqual(bad);

  await kill(processor);
  await kill(engine);
  kusto.close();
  await azurite.close();
  rmSync(folder, { recursive: true, force: true });
});
