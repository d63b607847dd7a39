/** An entity as the list in the details needs it: parsed once from the answer of the API. */
import type { DeploymentEntities, Entity } from '../../api/contract.ts';
import { type DeploymentState, deploymentStates } from '../../api/states.ts';
import { webAddress } from './deployment-row.ts';

export interface EntityRow {
  /** Type and id: ids are unique only within a type. */
  readonly key: string;
  readonly id: string;
  readonly state: DeploymentState;
  /** The state in the orchestrator's own words. */
  readonly changeState: string;
  /** Milliseconds since 1970; missing if it has not started. */
  readonly start?: number;
  /** Milliseconds since 1970; missing while it goes on. */
  readonly end?: number;
  readonly lastUpdate: number;
  readonly payload: string;
  /** URL of the payload's progress; missing if the answer has no http(s) URL. */
  readonly progressUrl?: string;
  readonly interruption: string;
  readonly impact: string;
}

/** What the list shows of the entities. */
export interface EntityFilter {
  readonly text: string;
  readonly state: DeploymentState | '';
}

/** The rows in the order of the answer: what failed comes first. */
export function entityRows({ Entities, Payloads }: DeploymentEntities): EntityRow[] {
  const urls = new Map(Payloads.map(({ Id, ProgressionLink }) => [Id, webAddress(ProgressionLink)]));
  return Entities.map((entity) => rowOf(entity, urls.get(entity.Payload)));
}

function rowOf(entity: Entity, progressUrl: string | undefined): EntityRow {
  return {
    key: JSON.stringify([entity.Type.toLowerCase(), entity.Id.toLowerCase()]),
    id: entity.Id,
    state: deploymentStates.find((state) => state === entity.State) ?? 'unknown',
    changeState: entity.ChangeState,
    start: entity.StartTime === null ? undefined : Date.parse(entity.StartTime),
    end: entity.EndTime === null ? undefined : Date.parse(entity.EndTime),
    lastUpdate: Date.parse(entity.LastUpdateTime),
    payload: entity.Payload,
    progressUrl,
    // "None" is what orchestrators write for nothing.
    interruption: /^none$/i.test(entity.PlannedInterruption) ? '' : entity.PlannedInterruption,
    impact: entity.ImpactDuration,
  };
}

/** The rows whose id contains the text, in any case, and that are in the state. */
export function filterEntities(rows: readonly EntityRow[], { text, state }: EntityFilter): EntityRow[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter((row) => (state === '' || row.state === state) && row.id.toLowerCase().includes(wanted));
}
