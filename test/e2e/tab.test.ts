/** The Deployments tab in Chromium, on the real backend. */
import { describeHost } from './host.ts';
import { oneWorld } from './one-world.ts';
import { describeReach } from './reach.ts';
import { describeRefresh } from './refresh.ts';
import { describeTable } from './table.ts';

const world = oneWorld();

describe('the table', () => describeTable(world));
describe('keyboard and narrow pages', () => describeReach(world));
describe('refreshing', () => describeRefresh(world));
describe('the host', () => describeHost(world));
