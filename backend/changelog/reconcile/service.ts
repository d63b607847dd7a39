/** Reconciling as part of a server process: one timer for each organization, over all of its projects. */
import type { AzureDevOps } from '../../../azure-devops/client.ts';
import type { Project } from '../../../azure-devops/records.ts';
import type { KustoDatabase } from '../../../kusto/client.ts';
import type { ChangelogProcessor } from '../processor.ts';
import { RowsRefusedError } from '../row-store.ts';
import type { RowWriter } from '../row-writer.ts';
import { readStageEnvironments } from '../stage-environments.ts';
import type { ReconciledEvent } from './events.ts';
import { knownStatesIn } from './known-states.ts';
import type { ProjectReport } from './reconcile.ts';
import { type ReconcileTimer, startReconcileTimer } from './timer.ts';

export interface ReconcileServiceOptions {
  /** Names or URLs, as {@link clientOf} takes them. */
  readonly organizations: readonly string[];
  readonly clientOf: (organization: string) => AzureDevOps;
  readonly database: KustoDatabase;
  readonly processor: ChangelogProcessor;
  readonly writer: RowWriter;
  readonly everyMs?: number;
  readonly firstLookbackMs?: number;
  readonly onRound: (organization: string, reports: readonly ProjectReport[]) => void;
  readonly onFailure: (organization: string, error: unknown) => void;
}

const quarterHourMs = 15 * 60_000;
const dayMs = 24 * 3600_000;

/** Starts the timers. */
export function startReconciling(options: ReconcileServiceOptions): ReconcileTimer {
  const { database, processor, writer, everyMs = quarterHourMs, firstLookbackMs = dayMs } = options;
  const timers = options.organizations.map((organization) => {
    const devOps = options.clientOf(organization);
    return startReconcileTimer({
      input: async () => ({
        devOps,
        projects: await allProjects(devOps),
        known: knownStatesIn(database),
        write: writeThrough(processor),
        readEnvironments: (projectId, since) =>
          readStageEnvironments({ devOps, database, writer }, projectId, since),
      }),
      everyMs,
      firstLookbackMs,
      onRound: (reports) => options.onRound(organization, reports),
      onFailure: (error) => options.onFailure(organization, error),
    });
  });
  return {
    async stop() {
      await Promise.all(timers.map((timer) => timer.stop()));
    },
  };
}

/** A way into the changelog for reconciled events; one that the processor sets aside is an error here. */
export function writeThrough(processor: ChangelogProcessor): (event: ReconciledEvent) => Promise<void> {
  return async (event) => {
    const { outcome, rows } = await processor.process(JSON.stringify(event));
    if (outcome === 'setAside') throw new RowsRefusedError(`set aside: ${rows[0]?.row.Reason}`);
  };
}

async function allProjects(devOps: AzureDevOps): Promise<Project[]> {
  const projects: Project[] = [];
  for await (const page of devOps.projects()) projects.push(...page);
  return projects;
}
