/** The events of a project, each once, as `GetChangelog_v1` returns them. */
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { getChangelog } from '../../kusto/client/functions.ts';
import type { Row } from '../../kusto/client/rows.ts';

export interface ProjectEventsQuery {
  readonly organization: string;
  /** Id (GUID) of the project. */
  readonly project: string;
  readonly since: Date;
  readonly until: Date;
  /** The maximum number of events. */
  readonly limit: number;
}

/** An event of a run, build, stage, job, release, push or pull request. */
export interface ProjectEvent {
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly time: string;
  /** What changed: `run`, `build`, `stage`, `job`, `release`, `push` or `pullRequest`. */
  readonly kind: string;
  /** The run, build or release; null for pushes and pull requests. */
  readonly run: number | null;
  readonly subject: string;
  readonly attempt: number;
  readonly state: string;
  readonly result: string;
  readonly url: string;
}

/** Reads events, newest first. @throws KustoError */
export async function projectEvents(
  database: KustoClient,
  { organization, project, since, until, limit }: ProjectEventsQuery,
): Promise<ProjectEvent[]> {
  const rows = await callFunction(database, getChangelog, {
    AdoOrganizationName: organization,
    AdoProjectId: project,
    startTime: since,
    endTime: until,
    mostEvents: limit,
  });
  return rows.map(eventOf);
}

function eventOf(row: Row): ProjectEvent {
  return {
    id: String(row.EventId),
    time: String(row.CreatedDate),
    kind: String(row.Kind),
    run: row.RunId === null ? null : Number(row.RunId),
    subject: String(row.Subject),
    attempt: Number(row.Attempt),
    state: String(row.State),
    result: String(row.Result),
    url: String(row.Url),
  };
}
