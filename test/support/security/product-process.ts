/**
 * The product as `npm start` runs it, on free ports, with a stand-in for the built pages: the Node server with its
 * engine, the page that plays Azure DevOps, and the extension's files. What it fails at is written to standard error.
 *
 * @param argv the folder with `extension` and `devhost/page` in it
 */
import { join } from 'node:path';
import { startDevhost } from '../../../devhost/server.ts';

await import('../../../backend/hosts/server.ts');
const devhost = await startDevhost({
  port: 0,
  extensionPort: 0,
  apiUrl: 'http://127.0.0.1:1',
  extensionDir: join(String(process.argv[2]), 'extension'),
  builds: [],
});
process.stdout.write(`Page     ${devhost.origin}\nFiles    ${devhost.extensionOrigin}\n`);
