/**
 * Registered waits, as events in the table GateWaitEvent. A wait is open until an event ends or cancels it, and
 * cannot be registered again after that. The progress of a watch is not stored: after a crash a wait settles anew.
 */
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { getOpenGateWaits } from '../../kusto/client/functions.ts';
import type { Row } from '../../kusto/client/rows.ts';
import { sealToken, unsealToken } from './sealed-token.ts';
import { type PlanTask, readWaitRequest, type WaitRequest, waitIdOf } from './wait-request.ts';

/** A registered wait that has not ended. */
export interface OpenWait {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly registeredAt: number;
  readonly request: WaitRequest;
  readonly task: PlanTask;
  readonly token: string;
}

export interface WaitStore {
  /** Gives the id of the wait. */
  register(request: WaitRequest, task: PlanTask, token: string): Promise<string>;
  /** Ends a wait; `outcome` is a word for operators. */
  end(id: string, outcome: string, reason: string): Promise<void>;
  /** Every open wait, and the ids of those that cannot be read. Each is decrypted once, the first time it is seen. */
  open(): Promise<{ readonly waits: OpenWait[]; readonly unreadable: string[] }>;
}

const columns = [
  'Time',
  'WaitId',
  'Event',
  'OrganizationName',
  'ProjectId',
  'BuildId',
  'Registration',
  'SealedToken',
  'Outcome',
  'Reason',
];

/** Opens the store. `key` seals the tokens; `now` gives milliseconds since 1970. */
export function openWaitStore(database: KustoClient, key: Buffer, now: () => number): WaitStore {
  const append = (row: Parameters<KustoClient['ingest']>[2][number]) =>
    database.ingest('GateWaitEvent', columns, [{ Time: new Date(now()), ...row }]);
  let known = new Map<string, OpenWait | undefined>();
  return {
    async register({ build, texts }, task, token) {
      const id = waitIdOf(task);
      const { organization, project: projectId, buildId } = build;
      await append({
        WaitId: id,
        Event: 'registered',
        OrganizationName: organization,
        ProjectId: projectId,
        BuildId: buildId,
        Registration: JSON.stringify({ build: { organization, projectId, buildId }, criteria: texts, task }),
        SealedToken: sealToken(key, id, token),
      });
      return id;
    },
    end: (id, outcome, reason) =>
      append({
        WaitId: id,
        Event: outcome === 'cancelled' ? 'cancelled' : 'ended',
        Outcome: outcome,
        Reason: reason,
      }),
    async open() {
      const rows = await callFunction(database, getOpenGateWaits, {});
      known = new Map(
        rows.map((row) => {
          const id = String(row.WaitId);
          return [id, known.has(id) ? known.get(id) : readWait(row, key)];
        }),
      );
      const waits = [...known.values()].filter((wait) => wait !== undefined);
      const unreadable = [...known.keys()].filter((id) => known.get(id) === undefined);
      return { waits, unreadable };
    },
  };
}

/** Undefined if it was sealed with another key or written by another version. */
function readWait(row: Row, key: Buffer): OpenWait | undefined {
  const id = String(row.WaitId);
  const token = unsealToken(key, id, String(row.SealedToken));
  const { build, criteria, task } = JSON.parse(String(row.Registration)) as {
    build: object;
    criteria: object;
    task: PlanTask;
  };
  const request = readWaitRequest({ build, criteria });
  if (token === undefined || request.mistakes) return undefined;
  return { id, registeredAt: Date.parse(String(row.RegisteredAt)), request: request.value, task, token };
}
