/** `kusto demo`. */
import { loadChangelogDemo } from '../../changelog/demo/load-changelog-demo.ts';
import { demoBuilds, progressingBuild } from '../../kusto/demo/builds.ts';
import { demoIsLoaded, loadDemo } from '../../kusto/demo/load-demo.ts';
import { progressDemo } from '../../kusto/demo/progress.ts';
import { applySchemaPlan, planSchema } from '../../kusto/schema/apply.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type ConnectionOptions, withDatabase } from './connection.ts';

interface DemoOptions extends ConnectionOptions {
  readonly progress?: true;
}

/** Loads the demo data, unless the database has it already. */
export function demo(options: DemoOptions, { out, err, signal }: Context): Promise<ExitCode> {
  return withDatabase(options, async (database) => {
    await applySchemaPlan(database, await planSchema(database, options.database));
    if (await demoIsLoaded(database)) err.line('The demo data is already loaded.');
    else {
      await loadChangelogDemo(database);
      await loadDemo(database);
    }
    out.table(
      ['BUILD', 'TITLE', 'SHOWS'],
      demoBuilds.map(({ id, title, shows }) => [String(id), title, shows]),
    );
    if (options.progress) {
      err.line(`Build ${progressingBuild.id} will progress for a few minutes. Interrupt to stop.`);
      await progressDemo(database, { signal });
    }
    return exitCodes.success;
  });
}
