/** The entry point of `npm run kusto`: the command `deployments kusto`. */
import { runProcess } from './run-process.ts';

await runProcess(['kusto', ...process.argv.slice(2)]);
