/**
 * Events flow while the processor is killed at random moments, the engine is killed and started again, and the
 * queue goes away. `CHANGELOG_FAULT_EVENTS`, `CHANGELOG_FAULT_KILLS` and `CHANGELOG_QUEUE_AWAY_SECONDS` make it
 * long: CONTRIBUTING.md has the command.
 */

import { sleep } from '../../../net/sleep.ts';
import type { DataFolder } from '../../support/engine/data-folder.ts';
import { appliedFolder } from '../../support/engine/prepared-folder.ts';
import { until } from '../../support/until.ts';
import {
  deployments,
  emptied,
  messagesOf,
  outcome,
  outcomeOf,
  send,
  startWorld,
  type World,
} from './world.ts';

const events = Number(process.env.CHANGELOG_FAULT_EVENTS ?? 200);
const kills = Number(process.env.CHANGELOG_FAULT_KILLS ?? 3);
const awaySeconds = Number(process.env.CHANGELOG_QUEUE_AWAY_SECONDS ?? 2);
const longestLifeMs = 1_500;

let folder: DataFolder;
let world: World;

beforeAll(async () => {
  folder = await appliedFolder();
  world = await startWorld(folder.path);
});

afterAll(async () => {
  await world.close();
  folder.remove();
});

it(`no event of ${events} is lost and none counted twice, through ${kills} kills and outages of engine and queue`, async () => {
  const runsOfHalf = Math.ceil(events / 4);
  const first = messagesOf(1, runsOfHalf);
  const second = messagesOf(1 + runsOfHalf, runsOfHalf);

  let sending = send(world, first);
  for (let round = 0; round < kills; round++) {
    const processor = await world.startProcessor();
    await sleep(Math.random() * longestLifeMs);
    if (round === Math.floor(kills / 2)) await world.restartEngine();
    await processor.kill();
  }
  await sending;

  // The last one lives through the rest: it has to go on by itself.
  const processor = await world.startProcessor();
  sending = send(world, second);
  await world.azurite.stop();
  await sleep(awaySeconds * 1000);
  await world.azurite.start();
  await world.restartEngine();
  await sending;
  await emptied(world);
  await until(() => processor.notices.some(({ kind }) => kind === 'queueUnavailable'));

  expect(await outcome(world)).toEqual(outcomeOf(first, second));
  expect(await deployments(world)).toEqual([{ ChangeState: 'succeeded', Runs: 2 * runsOfHalf }]);
});
