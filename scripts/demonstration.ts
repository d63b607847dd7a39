/** What the demonstration does when its page opens a build or a project. */
import { hasDemo } from '../backend/hosts/data-folder.ts';
import { dataSettings } from '../backend/settings.ts';
import { moveService } from '../changelog/demo/moving-service.ts';
import { paymentsProject } from '../changelog/demo/payments.ts';
import { openKusto } from '../kusto/client/client.ts';
import { createLiveBuilds } from '../kusto/demo/live-builds.ts';
import type { ProgressOptions } from '../kusto/demo/progress.ts';
import { DEFAULT_DATABASE } from '../kusto/engine/engine.ts';
import { readHolder } from '../kusto/engine/store/holder.ts';
import { type EnvironmentVariables, readSetting } from '../settings/reader.ts';

export interface Demonstration {
  /** To be called with the id of each build that the page opens: lets the live builds progress. */
  buildOpened(buildId: number): Promise<void>;
  /** To be called with the id of each project whose hub the page opens: lets one of its environments move. */
  hubOpened(projectId: string): void;
}

/**
 * The demonstration of this environment's data folder. It does nothing unless the engine of that folder is running with
 * the demonstration data.
 *
 * @param onFailure called if a progress fails
 */
export function demonstration(
  environment: EnvironmentVariables,
  onFailure: (error: unknown) => void,
  options: Pick<ProgressOptions, 'signal' | 'wait'> = {},
): Demonstration {
  const folder = readSetting(dataSettings.folder, environment);
  const { url: cluster, token } = readHolder(folder) ?? {};
  const isElsewhere = readSetting(dataSettings.cluster, environment) !== undefined;
  if (isElsewhere || cluster === undefined || !hasDemo(folder))
    return { buildOpened: async () => undefined, hubOpened: () => undefined };
  const auth = { mode: 'none', ...(token !== undefined && { token }) } as const;
  const kusto = openKusto({ cluster, database: DEFAULT_DATABASE, auth });
  const { opened: buildOpened } = createLiveBuilds(kusto, onFailure, options);
  let isMoving = false;
  return {
    buildOpened,
    hubOpened(projectId) {
      if (projectId !== paymentsProject.id || isMoving) return;
      isMoving = true;
      moveService(kusto, options)
        .catch((error: unknown) => {
          if (!options.signal?.aborted) onFailure(error);
        })
        .finally(() => {
          isMoving = false;
        });
    },
  };
}
