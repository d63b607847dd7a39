/** `kusto demo`. */

import { demoBuilds, progressingBuild } from '../../kusto/demo/builds.ts';
import { demoIsLoaded, loadDemo } from '../../kusto/demo/load-demo.ts';
import { progressDemo } from '../../kusto/demo/progress.ts';
import { applyPlan, planFor } from '../../kusto/schema/apply.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { table } from '../text-table.ts';
import { type ConnectionOptions, withDatabase } from './connection.ts';

interface DemoOptions extends ConnectionOptions {
  readonly progress?: true;
}

/** Makes a database show the demonstration builds; one that has them already is left as it is. */
export function demo(options: DemoOptions, { out, err, signal }: Context): Promise<ExitCode> {
  return withDatabase(options, async (database) => {
    await applyPlan(database, await planFor(database, options.database));
    if (await demoIsLoaded(database)) err('The demonstration data set is there already.');
    else await loadDemo(database);
    out(
      table(
        ['build', 'title', 'shows'],
        demoBuilds.map(({ id, title, shows }) => [String(id), title, shows]),
      ),
    );
    if (options.progress) {
      err(`Build ${progressingBuild.id} progresses for a few minutes; interrupt to end it.`);
      await progressDemo(database, { signal });
    }
    return exitCodes.success;
  });
}
