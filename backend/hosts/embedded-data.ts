/**
 * The data of a process that runs its own Kusto: the embedded engine, the definitions of `kusto/` applied to
 * it, and its jobs. A folder that is empty at first gets the demonstration data set.
 */

import { randomBytes } from 'node:crypto';
import { loadChangelogDemo } from '../../changelog/demo/load-changelog-demo.ts';
import { type KustoClient, openKusto } from '../../kusto/client/client.ts';
import { loadDemo } from '../../kusto/demo/load-demo.ts';
import { DEFAULT_DATABASE, startEngine } from '../../kusto/engine/engine.ts';
import { JobScheduler } from '../../kusto/jobs/scheduler.ts';
import { applySchemaPlan, planSchema } from '../../kusto/schema/apply.ts';
import { openDataFolder } from './data-folder.ts';

export interface EmbeddedDataOptions {
  readonly folder: string;
  /** Port of the engine; 0 takes a free one. */
  readonly port: number;
  readonly maxRequests: number;
  /** See {@link KustoConnection}. */
  readonly callerShare: number;
  /** Least time between two mappings of what the changelog has just committed. */
  readonly mappingMs?: number | undefined;
  /** Called when what the changelog has committed has been mapped. */
  readonly onMapped?: () => void;
  /** Called for progress, and for failures that do not end the process. */
  readonly onEvent: (message: string, error?: unknown) => void;
}

export interface EmbeddedData {
  readonly kusto: KustoClient;
  /** Has been started. */
  readonly jobs: JobScheduler;
  /** Where the engine listens. */
  readonly url: string;
  readonly database: string;
  readonly folder: string;
  /** Ends the jobs, closes `kusto` and the engine's files. */
  close(): Promise<void>;
}

/** A process that is killed takes its engine with it, so the next one may carry on at once: see kusto/jobs/lease.ts. */
const holder = 'the process of the embedded engine';

/** Starts the engine on `folder` and brings its database up to date. @throws EngineStartError */
export async function startEmbeddedData(options: EmbeddedDataOptions): Promise<EmbeddedData> {
  const { folder, port, maxRequests, callerShare, mappingMs, onMapped, onEvent } = options;
  const { demo } = openDataFolder(folder);
  // Known to this process, and to whoever may read the folder.
  const token = randomBytes(32).toString('base64url');
  const engine = await startEngine({ dataDir: folder, port, token });
  const kusto = openKusto({
    cluster: engine.url,
    database: DEFAULT_DATABASE,
    auth: { mode: 'none', token },
    maxRequests,
    callerShare,
  });
  try {
    await applySchemaPlan(kusto, await planSchema(kusto, DEFAULT_DATABASE));
    if (demo && !demo.isLoaded) {
      onEvent('loading the demonstration data');
      await loadChangelogDemo(kusto);
      await loadDemo(kusto);
      demo.setLoaded();
    }
  } catch (error) {
    kusto.close();
    await engine.close();
    throw error;
  }
  const jobs = new JobScheduler({
    database: kusto,
    holder,
    tailMs: mappingMs,
    ...(onMapped && { onMapped }),
    onFailure: (job, error) => onEvent(`job ${job.name} failed`, error),
  });
  jobs.start();
  return {
    kusto,
    jobs,
    url: engine.url,
    database: DEFAULT_DATABASE,
    folder,
    async close() {
      await jobs.stop();
      kusto.close();
      await engine.close();
    },
  };
}
