/** Reconciles all projects of the configured organizations, as part of a host. */
import type { AzureDevOps } from '../../../azure-devops/client.ts';
import type { Project } from '../../../azure-devops/records.ts';
import type { KustoClient } from '../../../kusto/client/client.ts';
import { eventOfObject } from '../../events/decode.ts';
import type { ChangelogProcessor } from '../../store/processor.ts';
import { RowsRefusedError } from '../../store/row-store.ts';
import type { RowWriter } from '../../store/row-writer.ts';
import { readStageEnvironments } from '../stage-environments.ts';
import { knownStatesIn } from './known-states.ts';
import type { ProjectReport } from './reconcile.ts';
import { ReconcileRounds } from './rounds.ts';
import type { ReconciledEvent } from './state-facts.ts';

export interface ReconcilingOptions {
  /** Names or URLs, as {@link clientOf} takes them. */
  readonly organizations: readonly string[];
  readonly clientOf: (organization: string) => AzureDevOps;
  readonly database: KustoClient;
  readonly processor: ChangelogProcessor;
  readonly writer: RowWriter;
  readonly onRound: (organization: string, reports: readonly ProjectReport[]) => void;
  /** Called when a round is interrupted; the next one continues it. */
  readonly onFailure: (organization: string, error: unknown) => void;
}

/** Does a round of an organization, or the rest of it, and reports it. Never throws. */
export type OrganizationRound = (signal: AbortSignal) => Promise<void>;

const firstLookbackMs = 24 * 3600_000;

/** Prepares the rounds of each organization. */
export function openReconciling(options: ReconcilingOptions): OrganizationRound[] {
  const { database, processor, writer, onRound, onFailure } = options;
  return options.organizations.map((organization) => {
    const devOps = options.clientOf(organization);
    const rounds = new ReconcileRounds({
      input: async () => ({
        devOps,
        projects: await allProjects(devOps),
        known: knownStatesIn(database),
        write: writeThrough(processor),
        readEnvironments: (projectId, since) =>
          readStageEnvironments({ devOps, database, writer }, projectId, since),
      }),
      firstLookbackMs,
    });
    return async (signal) => {
      try {
        onRound(organization, await rounds.next(signal));
      } catch (error) {
        if (!signal.aborted) onFailure(organization, error);
      }
    };
  });
}

/** Makes a writer of reconciled events. It throws RowsRefusedError if the processor sets an event aside. */
export function writeThrough(processor: ChangelogProcessor): (event: ReconciledEvent) => Promise<void> {
  return async (event) => {
    const { outcome, rows } = await processor.process(eventOfObject(event));
    if (outcome === 'setAside') throw new RowsRefusedError(`set aside: ${rows[0]?.row.Reason}`);
  };
}

async function allProjects(devOps: AzureDevOps): Promise<Project[]> {
  const projects: Project[] = [];
  for await (const page of devOps.projects()) projects.push(...page);
  return projects;
}
