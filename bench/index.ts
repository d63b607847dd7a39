/**
 * `npm run bench -- NAME`: measures a part of the product and prints tables, or a JSON object with `--json`. Progress
 * goes to standard error. Compare numbers only within one run, because machines are noisy.
 */
import { Command } from 'commander';
import { type BenchReport, printReport } from './report.ts';

type Options = Record<string, unknown>;

const print = (report: BenchReport, options: Options): void => {
  if (options.json === true) console.log(JSON.stringify(report));
  else printReport(report);
};

const wholeNumber = (text: string): number => {
  const value = Number(text.replaceAll('_', ''));
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`"${text}" is not a whole number above 0`);
  return value;
};

const program = new Command('bench').description('Measures the product on this machine.');

program
  .command('query')
  .description('B2D, D2B and P2B through HTTP, against hand-written SQL on the same data')
  .option('--builds <n>', 'builds', wholeNumber, 1_000_000)
  .option('--events <n>', 'entity change events', wholeNumber, 3_000_000)
  .option('--versions <n>', 'build versions', wholeNumber, 300_000)
  .option('--seconds <n>', 'duration of each measurement', wholeNumber, 5)
  .option('--data <folder>', 'folder that keeps generated data between runs', '.data/bench')
  .option('--json', 'print the result as JSON')
  .action(async (options) =>
    print(await (await import('./query/bench-query.ts')).benchQuery(options), options),
  );

program
  .command('tab')
  .description('the tab and the hub: sizes, time to rows and cells, sorting, growth of the heap')
  .option('--minutes <n>', 'how long to watch it refresh', wholeNumber, 10)
  .option('--json', 'print the result as JSON')
  .action(async (options) => print(await (await import('./tab.ts')).benchTab(options), options));

program
  .command('task')
  .description('the wait task: bundle size, start to first poll, a simulated day of polling')
  .option('--json', 'print the result as JSON')
  .action(async (options) => print(await (await import('./task.ts')).benchTask(options), options));

program
  .command('changelog')
  .description('service hook events from the webhook until they are visible, without and with reads')
  .option('--seconds <n>', 'duration of each measurement', wholeNumber, 60)
  .option('--connections <n>', 'concurrent connections', wholeNumber, 256)
  .option('--reads <n>', 'reads per second in the second round', wholeNumber, 100)
  .option('--json', 'print the result as JSON')
  .action(async (options) =>
    print(await (await import('./changelog/bench-changelog.ts')).benchChangelog(options), options),
  );

program
  .command('entities')
  .description('the entities of a deployment over 2,000 clusters against B2D of one deployment')
  .option('--rounds <n>', 'requests of each kind', wholeNumber, 100)
  .option('--json', 'print the result as JSON')
  .action(async (options) =>
    print(await (await import('./entities/bench-entities.ts')).benchEntities(options), options),
  );

program
  .command('introspection')
  .description(
    'the matrix, the chain of a commit and the newest changes of a project with many services, beside B2D',
  )
  .option('--services <n>', 'services', wholeNumber, 1_000)
  .option('--events <n>', 'states of deployments, each also an entity change event', wholeNumber, 3_000_000)
  .option('--rounds <n>', 'requests of each kind', wholeNumber, 50)
  .option('--data <folder>', 'folder that keeps generated data between runs', '.data/bench')
  .option('--only <texts>', 'answers whose names contain one of these texts, separated by commas')
  .option('--json', 'print the result as JSON')
  .action(async (options) =>
    print(
      await (await import('./introspection/bench-introspection.ts')).benchIntrospection(options),
      options,
    ),
  );

program
  .command('cache')
  .description(
    'cached D2B against a bare route with the same bytes; uncached B2D with and without authentication; queries for 500 requests at the same time',
  )
  .option('--rounds <n>', 'turns of each', wholeNumber, 7)
  .option('--seconds <n>', 'duration of each turn', wholeNumber, 3)
  .option('--connections <n>', 'concurrent connections', wholeNumber, 32)
  .option('--builds <n>', 'builds in the answer', wholeNumber, 3)
  .option('--json', 'print the result as JSON')
  .action(async (options) =>
    print(await (await import('./cache/bench-cache.ts')).benchCache(options), options),
  );

program
  .command('replay')
  .description(
    "a week of the demonstration: how often B2D's answers change, and what each lifetime would serve stale",
  )
  .option('--seed <n>', 'of the requests', wholeNumber, 1)
  .option('--json', 'print the result as JSON')
  .action(async (options) =>
    print(await (await import('./replay/bench-replay.ts')).benchReplay(options), options),
  );

program
  .command('faults')
  .description(
    'Redis, Kusto, the issuer of tokens and Azure DevOps away, slow, full, throttling, and with wrong clocks, under a steady load: what callers see',
  )
  .option('--per-second <n>', 'requests a second', wholeNumber, 200)
  .option('--calm-seconds <n>', 'before each fault', wholeNumber, 3)
  .option('--fault-seconds <n>', 'how long each fault lasts', wholeNumber, 10)
  .option('--after-seconds <n>', 'after each fault', wholeNumber, 8)
  .option('--only <text>', 'faults whose names contain this')
  .option('--json', 'print the result as JSON')
  .action(async (options) => print(await (await import('./faults/index.ts')).benchFaults(options), options));

await program.parseAsync();
