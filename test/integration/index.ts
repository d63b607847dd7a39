/** The entry point of `npm run integration`. */
import { integrationCommand } from './command.ts';

process.exitCode = await integrationCommand(process.argv.slice(2), {
  variables: process.env,
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
  startEmbedded: async () => (await import('./embedded.ts')).startEmbedded(),
});
