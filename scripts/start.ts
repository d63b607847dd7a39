/**
 * `npm start`: the API on PORT (default 7071), and on the two ports after it the page that plays Azure DevOps
 * and the files of the extension that it shows. One process; SIGTERM or Ctrl+C ends it in order. It runs as
 * built, from dist/scripts.
 */
import { fileURLToPath } from 'node:url';
import { hasDemo } from '../backend/hosts/data-folder.ts';
import { dataSettings, hostSettings } from '../backend/settings.ts';
import { startDevhost } from '../devhost/server.ts';
import { openKusto } from '../kusto/client/client.ts';
import { demoBuilds } from '../kusto/demo/builds.ts';
import { createLiveBuilds } from '../kusto/demo/live-builds.ts';
import { DEFAULT_DATABASE } from '../kusto/engine/engine.ts';
import { readHolder } from '../kusto/engine/store/holder.ts';
import { listeningProblem } from '../net/listening.ts';
import { readSetting } from '../settings/reader.ts';

// Ends the process with a list of what is wrong where the settings are, so it comes first.
await import('../backend/hosts/server.ts');
const port = readSetting(hostSettings.port, process.env);
try {
  const devhost = await startDevhost({
    port: port + 1,
    extensionPort: port + 2,
    apiUrl: `http://127.0.0.1:${port}`,
    extensionDir: fileURLToPath(new URL('../extension', import.meta.url)),
    builds: demoBuilds,
    onOpened: demonstration(),
  });
  console.log(`Page     ${devhost.url}  (a build page with the Deployments tab)`);
} catch (error) {
  const problem = listeningProblem(error, Number(Object(error).port ?? port)) ?? Object(error).message;
  console.error(`The page is not served: ${problem}. PORT=… moves the API and the two ports after it.`);
  process.exitCode = 1;
  process.kill(process.pid, 'SIGTERM');
}

/** What begins when the page opens a build, if this process serves the demonstration data. */
function demonstration(): (buildId: number) => Promise<void> {
  const folder = readSetting(dataSettings.folder, process.env);
  const { url: cluster, token } = readHolder(folder) ?? {};
  const isElsewhere = readSetting(dataSettings.cluster, process.env) !== undefined;
  if (isElsewhere || cluster === undefined || !hasDemo(folder)) return async () => undefined;
  const auth = { mode: 'none', ...(token !== undefined && { token }) } as const;
  const kusto = openKusto({ cluster, database: DEFAULT_DATABASE, auth });
  const stopping = new AbortController();
  process.once('SIGTERM', () => stopping.abort()).once('SIGINT', () => stopping.abort());
  const live = createLiveBuilds(
    kusto,
    (error) => console.error(`The demonstration of progress failed: ${Object(error).message}`),
    { signal: stopping.signal },
  );
  return (buildId) => live.opened(buildId);
}
