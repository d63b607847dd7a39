/** What the demonstration does when its page opens a build. */
import { hasDemo } from '../backend/hosts/data-folder.ts';
import { dataSettings } from '../backend/settings.ts';
import { openKusto } from '../kusto/client/client.ts';
import { createLiveBuilds } from '../kusto/demo/live-builds.ts';
import type { ProgressOptions } from '../kusto/demo/progress.ts';
import { DEFAULT_DATABASE } from '../kusto/engine/engine.ts';
import { readHolder } from '../kusto/engine/store/holder.ts';
import { type EnvironmentVariables, readSetting } from '../settings/reader.ts';

/**
 * Returns a function to call with the id of each build that the page opens: it lets the live builds progress. It does
 * nothing unless the engine of this environment's data folder is running with the demonstration data.
 *
 * @param onFailure called if a progress fails
 */
export function demonstration(
  environment: EnvironmentVariables,
  onFailure: (error: unknown) => void,
  options: Pick<ProgressOptions, 'signal' | 'wait'> = {},
): (buildId: number) => Promise<void> {
  const folder = readSetting(dataSettings.folder, environment);
  const { url: cluster, token } = readHolder(folder) ?? {};
  const isElsewhere = readSetting(dataSettings.cluster, environment) !== undefined;
  if (isElsewhere || cluster === undefined || !hasDemo(folder)) return async () => undefined;
  const auth = { mode: 'none', ...(token !== undefined && { token }) } as const;
  const kusto = openKusto({ cluster, database: DEFAULT_DATABASE, auth });
  return createLiveBuilds(kusto, onFailure, options).opened;
}
