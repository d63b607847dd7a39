/** What one row of the table knows about a deployment: the API's answer, read once for sorting and drawing. */
import type { Deployment } from '../../api/contract.ts';
import { type DeploymentState, deploymentState } from '../../api/states.ts';

export interface PayloadLink {
  readonly id: string;
  /** The id without the service's GUID before it, which says nothing to a reader and hides the rest. */
  readonly shortId: string;
  /** The progression view of this payload; absent where the answer holds no web address. */
  readonly url?: string;
}

export interface DeploymentRow {
  /** Unique within a build: source and id together, since orchestrators number on their own. */
  readonly key: string;
  readonly id: string;
  /** The orchestrator as the API names it, for example `expressv2`. */
  readonly source: string;
  readonly state: DeploymentState;
  /** The state in the orchestrator's own word. */
  readonly changeState: string;
  readonly url?: string;
  readonly payloads: readonly PayloadLink[];
  readonly owner: string;
  readonly ownerType: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Milliseconds since 1970; absent while it runs. */
  readonly end?: number;
  readonly lastUpdate: number;
  readonly metadata?: string;
}

const leadingGuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/(?=.)/i;

/**
 * One row for each deployment, in the order of the answer. A deployment that reads as it did in `previous`
 * keeps its old row object, so that an unchanged row is not drawn again.
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
    source,
    state: deploymentState(deployment.ChangeState),
    changeState: deployment.ChangeState,
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

/** The address when it is one that a link may have here: http or https, nothing that runs code. */
export function webAddress(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  return ['http:', 'https:'].includes(new URL(address).protocol) ? address : undefined;
}
