/**
 * `npm start`: the API on PORT (default 7071), and on the two ports after it the page that plays Azure DevOps
 * and the files of the extension that it shows. One process; SIGTERM or Ctrl+C ends it in order.
 */
import { fileURLToPath } from 'node:url';
import { startDevhost } from '../dist/devhost/server.js';
import { demoBuilds } from '../dist/kusto/demo/builds.js';

const port = Number(process.env.PORT || 7071);

// Ends the process with a list of what is wrong where the settings are, so it comes first.
await import('../dist/backend/hosts/server.js');
try {
  const devhost = await startDevhost({
    port: port + 1,
    extensionPort: port + 2,
    apiUrl: `http://127.0.0.1:${port}`,
    extensionDir: fileURLToPath(new URL('../dist/extension', import.meta.url)),
    builds: demoBuilds,
  });
  console.log(`Page     ${devhost.url}  (a build page with the Deployments tab)`);
} catch (error) {
  console.error(`The page is not served: ${error.message}`);
  process.kill(process.pid, 'SIGTERM');
}
