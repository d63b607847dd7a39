/** What needs the real engine, on one engine: starting it costs more than all of this. */
import { startTestChangelog, type TestChangelog } from '../support/changelog/changelog.ts';
import { artifactSuite } from './artifacts.suite.ts';
import { contentsSuite } from './contents.suite.ts';
import { deploymentSuite } from './deployments.suite.ts';
import { environmentSuite } from './environments.suite.ts';
import { historySuite } from './histories.suite.ts';
import { jobSuite } from './jobs.suite.ts';
import { mutationSuite } from './mutations.suite.ts';
import { viewSuite } from './views.suite.ts';

let running: TestChangelog;

beforeAll(async () => {
  running = await startTestChangelog();
});

afterAll(() => running.stop());

const changelog = (): TestChangelog => running;

viewSuite(changelog);
deploymentSuite(changelog);
jobSuite(changelog);
environmentSuite(changelog);
artifactSuite(changelog);
contentsSuite(changelog);
historySuite(changelog);
mutationSuite(changelog);
