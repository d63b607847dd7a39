/**
 * `npm start`: the API on PORT (default 7071), and on the two ports after it the page that plays Azure DevOps
 * and the files of the extension that it shows. One process; SIGTERM or Ctrl+C ends it in order. It runs as
 * built, from dist/scripts.
 */
import { fileURLToPath } from 'node:url';
import { hostSettings } from '../backend/settings.ts';
import { startDevhost } from '../devhost/server.ts';
import { demoBuilds } from '../kusto/demo/builds.ts';
import { listeningProblem } from '../net/listening.ts';
import { readSetting } from '../settings/reader.ts';
import { demonstration } from './demonstration.ts';
import { offeredProjects } from './offered-projects.ts';

// Ends the process with a list of what is wrong where the settings are, so it comes first.
await import('../backend/hosts/server.ts');
const port = readSetting(hostSettings.port, process.env);
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort()).once('SIGINT', () => stopping.abort());
try {
  const { buildOpened, hubOpened } = demonstration(process.env, reportFailure, { signal: stopping.signal });
  const devhost = await startDevhost({
    port: port + 1,
    extensionPort: port + 2,
    apiUrl: `http://127.0.0.1:${port}`,
    extensionDir: fileURLToPath(new URL('../extension', import.meta.url)),
    builds: demoBuilds,
    projects: offeredProjects(),
    onOpened: buildOpened,
    onHubOpened: hubOpened,
  });
  console.log(`Page     ${devhost.url}  (a build page with the Deployments tab)`);
  console.log(`Hub      ${devhost.hubUrl}  (where everything in a project is now)`);
  console.log(
    `Change   ${devhost.pullRequestUrl}  ${devhost.workItemUrl}  (where a pull request or a work item is)`,
  );
} catch (error) {
  const problem = listeningProblem(error, Number(Object(error).port ?? port)) ?? Object(error).message;
  console.error(`The page is not served: ${problem}. PORT=… moves the API and the two ports after it.`);
  process.exitCode = 1;
  process.kill(process.pid, 'SIGTERM');
}

function reportFailure(error: unknown): void {
  console.error(`The demonstration of progress failed: ${Object(error).message}`);
}
