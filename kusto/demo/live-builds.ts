/**
 * Lets the live builds of the demonstration progress whenever somebody opens one, so that a page shows deployments
 * that move however long ago the process started, and a demonstration that nobody looks at writes nothing.
 */
import type { KustoClient } from '../client/client.ts';
import { liveBuilds } from './builds.ts';
import { type ProgressOptions, progressDemo } from './progress.ts';

export interface LiveBuilds {
  /**
   * To be called when a page with this build is opened. New rollouts of a live build start unless those of an
   * earlier call have not ended. Resolves once the first of them is in the database.
   */
  opened(buildId: number): Promise<void>;
}

/**
 * Creates the live builds. `options` are those of each progress.
 *
 * @param onFailure called if a progress ends with an error, except after `signal` was aborted
 */
export function createLiveBuilds(
  database: KustoClient,
  onFailure: (error: unknown) => void,
  options: Omit<ProgressOptions, 'build' | 'onStep'> = {},
): LiveBuilds {
  const firstSteps = new Map<number, Promise<void>>();
  const progress = (build: (typeof liveBuilds)[number]) =>
    new Promise<void>((resolve) => {
      progressDemo(database, { ...options, build, onStep: resolve })
        .catch((error: unknown) => {
          if (!options.signal?.aborted) onFailure(error);
        })
        .finally(() => {
          firstSteps.delete(build.id);
          resolve();
        });
    });
  return {
    async opened(buildId) {
      const build = liveBuilds.find(({ id }) => id === buildId);
      if (build === undefined) return;
      const begun = firstSteps.get(buildId) ?? progress(build);
      firstSteps.set(buildId, begun);
      await begun;
    },
  };
}
