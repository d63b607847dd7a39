/** The Deployments tab in Chromium, on the real backend. One world for all: it takes a while to start. */
import { jest } from '@jest/globals';
import { describeHost } from './host.ts';
import { describeReach } from './reach.ts';
import { describeRefresh } from './refresh.ts';
import { describeStates } from './states.ts';
import { describeTable } from './table.ts';
import { startWorld, type World } from './world.ts';

jest.setTimeout(300_000);

let started: World | undefined;
const world = (): World => {
  if (!started) throw new Error('the world has not started');
  return started;
};

beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started?.close());

describe('the table', () => describeTable(world));
describe('keyboard and narrow pages', () => describeReach(world));
describe('refreshing', () => describeRefresh(world));
describe('the host', () => describeHost(world));
describe('every state of the tab', () => describeStates(world));
