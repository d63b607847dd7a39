/** The entry point of `npm run load`. */
import { loadCommand } from './command.ts';

process.exitCode = await loadCommand(process.argv.slice(2), {
  variables: process.env,
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
  startTarget: async (slowMs) => (await import('./world.ts')).startTarget(slowMs),
});
