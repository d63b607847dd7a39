/**
 * The engine runs out of space while events flow: nothing is poison, everything is held, and all of it goes
 * through when there is space again. The disk is a real one where it may be mounted; elsewhere the engine's own
 * limit stands for it. `CHANGELOG_FAULT_EVENTS` sets how many events.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { QueueNotice } from '../../../changelog/intake/queue-inlet.ts';
import { databaseName } from '../../support/engine/data-layer.ts';
import { appliedFolder } from '../../support/engine/prepared-folder.ts';
import { smallDisk } from '../../support/engine/small-disk.ts';
import {
  emptied,
  type Messages,
  messagesOf,
  outcome,
  outcomeOf,
  send,
  startWorld,
  type World,
} from './world.ts';

const runs = Math.ceil(Number(process.env.CHANGELOG_FAULT_EVENTS ?? 200) / 2);
const runsAtATime = 25;
/** More than there could be space for. */
const mostRuns = 10_000;
const megabytes = 256;

const folder = await appliedFolder();
const disk = smallDisk(folder.path, megabytes);
const dataDir = disk?.path ?? folder.path;
let world: World;
/** Everything that was sent. */
const all: Messages[] = [];

beforeAll(async () => {
  world = await startWorld(dataDir);
});

afterAll(async () => {
  await world.close();
  disk?.remove();
  folder.remove();
});

interface Shortage {
  readonly of: string;
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
}

const shortage: Shortage = disk
  ? { of: 'a disk that is full', begin: disk.fill, end: disk.free }
  : {
      of: "the engine's own limit",
      begin() {
        const { size } = statSync(join(dataDir, `${databaseName}.sqlite`));
        return world.restartEngine(['--max-size', String(size / 2 ** 20)]);
      },
      end: () => world.restartEngine(),
    };

const saysFull = (notice: QueueNotice) =>
  notice.kind === 'storeUnavailable' && notice.reason.includes('There is no space left on the disk');

it(`holds what cannot be written because of ${shortage.of}, and writes it when there is space again`, async () => {
  const processor = await world.startProcessor();
  await sendMore();
  await emptied(world);

  await shortage.begin();
  const isFull = () => processor.notices.some(saysFull);
  for (let sent = 0; sent < runs || (sent < mostRuns && !isFull()); sent += runsAtATime) await sendMore();
  expect(isFull()).toBe(true);
  expect((await world.queue.getProperties()).approximateMessagesCount).toBeGreaterThan(0);

  await shortage.end();
  await emptied(world);
  expect(await outcome(world)).toEqual(outcomeOf(...all));
});

async function sendMore(): Promise<void> {
  const messages = messagesOf(1 + all.length * runsAtATime, runsAtATime);
  all.push(messages);
  await send(world, messages);
}
