/**
 * Registered waits, as events in the table GateWaitEvent. What is appended is committed; a wait is open until
 * an event ends or cancels it. State of a watch is not kept: after a crash a wait settles anew.
 */
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { getOpenGateWaits } from '../../kusto/client/functions.ts';
import type { Row } from '../../kusto/client/rows.ts';
import { sealToken, unsealToken } from './sealed-token.ts';
import { type PlanTask, readQuestion, type WaitQuestion, waitIdOf } from './wait-request.ts';

/** A wait that somebody registered and nobody has ended. */
export interface OpenWait {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly registeredAt: number;
  readonly question: WaitQuestion;
  readonly task: PlanTask;
  readonly token: string;
}

export interface WaitStore {
  register(question: WaitQuestion, task: PlanTask, token: string): Promise<string>;
  /** Ends a wait; `outcome` is a word for operators. */
  end(id: string, outcome: string, reason: string): Promise<void>;
  /** Every open wait, and the ids of those that cannot be read (another key, another version). */
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

/** Opens the store. `key` seals the tokens; `now` is milliseconds since 1970. */
export function openWaitStore(database: KustoClient, key: Buffer, now: () => number): WaitStore {
  const append = (row: Parameters<KustoClient['ingest']>[2][number]) =>
    database.ingest('GateWaitEvent', columns, [{ Time: new Date(now()), ...row }]);
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
      const read = rows.map((row) => ({ id: String(row.WaitId), wait: readWait(row, key) }));
      return {
        waits: read.flatMap(({ wait }) => wait ?? []),
        unreadable: read.filter(({ wait }) => wait === undefined).map(({ id }) => id),
      };
    },
  };
}

function readWait(row: Row, key: Buffer): OpenWait | undefined {
  const id = String(row.WaitId);
  const token = unsealToken(key, id, String(row.SealedToken));
  const registered = JSON.parse(String(row.Registration)) as {
    build: object;
    criteria: object;
    task: PlanTask;
  };
  const question = readQuestion({ build: registered.build, criteria: registered.criteria });
  if (token === undefined || question.mistakes) return undefined;
  const registeredAt = Date.parse(String(row.RegisteredAt));
  return { id, registeredAt, question: question.value, task: registered.task, token };
}
