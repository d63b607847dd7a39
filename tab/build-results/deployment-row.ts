/** A deployment as the table needs it: parsed once from the answer of the API, for sorting and rendering. */
import type { Deployment, Progress } from '../../api/contract.ts';
import { type DeploymentState, stateOf } from '../../api/states.ts';

export interface PayloadLink {
  readonly id: string;
  /** The id without the GUID of the service at its start, which means nothing to people. */
  readonly shortId: string;
  /** URL of this payload's progress; missing if the answer has no http(s) URL. */
  readonly url?: string;
}

export interface DeploymentRow {
  /** Source and id, because ids are unique only within an orchestrator. */
  readonly key: string;
  readonly id: string;
  /** The id without the GUID of the service at its start. */
  readonly shortId: string;
  /** The orchestrator's name in the API, for example `expressv2`. */
  readonly source: string;
  readonly state: DeploymentState;
  /** The state in the orchestrator's own words. */
  readonly changeState: string;
  /** What its entities are, such as `region`; missing if they differ, or if the service does not say. */
  readonly entityType?: string;
  /** Counts of the regions, clusters or stages; missing if there is only one, or if the service does not count. */
  readonly progress?: Progress;
  readonly url?: string;
  readonly payloads: readonly PayloadLink[];
  readonly owner: string;
  readonly ownerType: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Milliseconds since 1970; missing while it is running. */
  readonly end?: number;
  readonly lastUpdate: number;
  readonly metadata?: string;
}

const leadingGuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/(?=.)/i;

/**
 * One row for each deployment, in the order of the answer. A deployment that has not changed since `previous` keeps
 * its row object, so that the row is not rendered again.
 */
export function toRows(
  deployments: readonly Deployment[],
  previous: readonly DeploymentRow[] = [],
): DeploymentRow[] {
  const before = new Map(previous.map((row) => [row.key, row]));
  const rows = new Map<string, DeploymentRow>();
  for (const deployment of deployments) {
    const row = toRow(deployment);
    const old = before.get(row.key);
    rows.set(row.key, old && JSON.stringify(old) === JSON.stringify(row) ? old : row);
  }
  return [...rows.values()];
}

function toRow(deployment: Deployment): DeploymentRow {
  const source = deployment.Source.toLowerCase();
  return {
    key: `${source}|${deployment.Id}`,
    id: deployment.Id,
    shortId: deployment.Id.replace(leadingGuid, ''),
    source,
    state: stateOf(deployment),
    changeState: deployment.ChangeState,
    entityType: deployment.EntityType?.toLowerCase(),
    progress: deployment.Progress && deployment.Progress.Total > 1 ? deployment.Progress : undefined,
    url: webAddress(deployment.DeploymentUrl),
    payloads: deployment.Payloads.map(({ Id, ProgressionLink }) => ({
      id: Id,
      shortId: Id.replace(leadingGuid, ''),
      url: webAddress(ProgressionLink),
    })),
    owner: deployment.ChangeOwner,
    ownerType: deployment.ChangeOwnerType,
    start: Date.parse(deployment.StartTime),
    end: deployment.EndTime === null ? undefined : Date.parse(deployment.EndTime),
    lastUpdate: Date.parse(deployment.LastUpdateTime),
    metadata: deployment.Metadata === '{}' ? undefined : deployment.Metadata || undefined,
  };
}

/** The URL if it is safe as a link: http or https, but nothing that runs code. */
export function webAddress(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  return ['http:', 'https:'].includes(new URL(address).protocol) ? address : undefined;
}
