/** The Deployments tab in Chromium, on the real backend: one world for all suites, as it takes a while to start. */
import { oneWorld } from '../support/browser/one-world.ts';
import { entitySuite } from './entities.suite.ts';
import { hostSuite } from './host.suite.ts';
import { hubSuite } from './hub.suite.ts';
import { reachSuite } from './reach.suite.ts';
import { refreshSuite } from './refresh.suite.ts';
import { signInSuite } from './sign-in.suite.ts';
import { tableSuite } from './table.suite.ts';
import { whereSuite } from './where.suite.ts';

const world = oneWorld();

tableSuite(world);
reachSuite(world);
refreshSuite(world);
entitySuite(world);
hostSuite(world);
signInSuite(world);
hubSuite(world);
whereSuite(world);
