/**
 * Registered waits, as events in the table GateWaitEvent. A wait is open from its registration until an event after
 * that ends or cancels it. The progress of a watch is not stored: after a crash a wait settles anew.
 *
 * The table is not trusted: a registration counts only as it was sealed, at the time that it was sealed with, and
 * only while its address may still be called. Whoever can write to the table can end a wait, and nothing else.
 */
import type { KustoClient, QueryOptions } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { gateWaitCounts, getOpenGateWaits } from '../../kusto/client/functions.ts';
import type { Row } from '../../kusto/client/rows.ts';
import { allowedCallback } from './callback-host.ts';
import type { PlanTask, TaskIds } from './plan-task.ts';
import { fingerprintOf, openRegistration, sealRegistration } from './registration-seal.ts';
import { readWaitRequest, type WaitRequest } from './wait-request.ts';

/** A registered wait that has not ended. */
export interface OpenWait {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly registeredAt: number;
  readonly request: WaitRequest;
  readonly task: PlanTask;
  readonly token: string;
}

/** A wait that somebody asks to be registered. */
export interface NewWait {
  readonly id: string;
  readonly request: WaitRequest;
  readonly task: PlanTask;
  readonly token: string;
  /** The network address that the registration came from. */
  readonly address: string;
}

/** How many waits are open. Those that Azure DevOps has confirmed count for their plan and organization. */
export interface WaitCounts {
  /** When this wait was registered, in milliseconds since 1970; undefined if it is not open. */
  readonly registeredAt: number | undefined;
  readonly ofPlan: number;
  readonly ofOrganization: number;
  /** Those from this address that have not been confirmed. */
  readonly unconfirmedOfAddress: number;
}

export interface WaitStoreOptions {
  readonly database: KustoClient;
  /** Seals the registrations. */
  readonly key: Buffer;
  /** Hosts that may be called back; see `callback-host.ts`. */
  readonly callbackHosts: readonly string[];
  /** Milliseconds since 1970. */
  now(): number;
}

/** Whose waits are counted. */
export interface Counted {
  readonly id: string;
  readonly planId: string;
  /** The organization's address. */
  readonly url: string;
  /** A network address. */
  readonly address: string;
}

export interface WaitStore {
  /** One task with one token is one wait, however often its registration comes; no other token makes the same id. */
  idOf(task: TaskIds, token: string): string;
  counts(counted: Counted, options?: QueryOptions): Promise<WaitCounts>;
  register(wait: NewWait): Promise<void>;
  /** Notes that Azure DevOps has confirmed the wait. */
  confirm(wait: Pick<OpenWait, 'id' | 'registeredAt'>): Promise<void>;
  /** Ends a wait; `outcome` is a word for operators. */
  end(wait: Pick<OpenWait, 'id' | 'registeredAt'>, outcome: string, reason: string): Promise<void>;
  /** Every open wait, and the ids of those with a registration that cannot be read. Each is read once. */
  open(): Promise<{ readonly waits: OpenWait[]; readonly unreadable: string[] }>;
}

/** All columns of the table in its order: rows are ingested by position. */
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
  'PlanId',
  'Caller',
  'CallerAddress',
];

/** Opens the store. */
export function openWaitStore({ database, key, callbackHosts, now }: WaitStoreOptions): WaitStore {
  const append = (row: Row) => database.ingest('GateWaitEvent', columns, [row]);
  /** An event after the registration, whatever the clocks of two instances say. */
  const appendTo = (wait: Pick<OpenWait, 'id' | 'registeredAt'>, row: Row) =>
    append({ Time: new Date(Math.max(now(), wait.registeredAt + 1)), WaitId: wait.id, ...row });
  let known = new Map<string, ReadRow>();
  return {
    idOf: ({ planId, jobId, taskId }, token) =>
      [planId, jobId, taskId, fingerprintOf(key, token)].join('/').toLowerCase(),
    async counts({ id, planId, url, address }, options) {
      const sought = { ThisWaitId: id, ThisPlanId: planId, ThisCaller: callerOf(url), ThisAddress: address };
      const [row = {}] = await callFunction(database, gateWaitCounts, sought, options);
      return {
        registeredAt: row.RegisteredAt ? Date.parse(String(row.RegisteredAt)) : undefined,
        ofPlan: Number(row.OfPlan ?? 0),
        ofOrganization: Number(row.OfCaller ?? 0),
        unconfirmedOfAddress: Number(row.UnconfirmedOfAddress ?? 0),
      };
    },
    async register({ id, request: { build, texts }, task, token, address }) {
      const { organization, project: projectId, buildId } = build;
      const registeredAt = now();
      const registration: Registration = {
        build: { organization, projectId, buildId },
        criteria: texts,
        task,
        token,
        registeredAt,
      };
      await append({
        Time: new Date(registeredAt),
        WaitId: id,
        Event: 'registered',
        OrganizationName: organization,
        ProjectId: projectId,
        BuildId: buildId,
        PlanId: task.planId,
        Caller: callerOf(task.url),
        CallerAddress: address,
        Registration: sealRegistration(key, id, registration),
      });
    },
    confirm: (wait) => appendTo(wait, { Event: 'confirmed' }),
    end: (wait, outcome, reason) =>
      appendTo(wait, {
        Event: outcome === 'cancelled' ? 'cancelled' : 'ended',
        Outcome: outcome,
        Reason: reason,
      }),
    async open() {
      const rows = await callFunction(database, getOpenGateWaits, {});
      known = new Map(
        rows.map((row) => {
          const name = JSON.stringify([row.WaitId, row.RegisteredAt, row.Registration]);
          return [
            name,
            known.get(name) ?? { id: String(row.WaitId), wait: readWait(row, key, callbackHosts) },
          ];
        }),
      );
      const unreadable = [...known.values()].filter(({ wait }) => !wait).map(({ id }) => id);
      return { waits: firstOfEach(known.values()), unreadable: [...new Set(unreadable)] };
    },
  };
}

/** A row with a registration, and the wait if it can be read. */
interface ReadRow {
  readonly id: string;
  readonly wait: OpenWait | undefined;
}

/** What is sealed. */
interface Registration {
  readonly build: object;
  readonly criteria: object;
  readonly task: PlanTask;
  readonly token: string;
  readonly registeredAt: number;
}

/** Who a wait is counted for: the organization that is called back. */
function callerOf(url: string): string {
  return url.replace(/^https?:\/\//, '').toLowerCase();
}

/** Undefined if it cannot be trusted, was sealed with another key, or was written by another version. */
function readWait(row: Row, key: Buffer, callbackHosts: readonly string[]): OpenWait | undefined {
  const id = String(row.WaitId);
  const opened = openRegistration(key, id, String(row.Registration)) as Registration | undefined;
  if (!opened) return undefined;
  const { build, criteria, task, token, registeredAt } = opened;
  if (Date.parse(String(row.RegisteredAt)) !== registeredAt) return undefined;
  if (allowedCallback(task.url, callbackHosts) !== task.url) return undefined;
  const request = readWaitRequest({ build, criteria });
  return request.mistakes ? undefined : { id, registeredAt, request: request.value, task, token };
}

/** A registration that came twice counts once, from its first time. */
function firstOfEach(rows: Iterable<ReadRow>): OpenWait[] {
  const first = new Map<string, OpenWait>();
  for (const { wait } of rows) {
    const other = wait && first.get(wait.id);
    if (wait && (!other || wait.registeredAt < other.registeredAt)) first.set(wait.id, wait);
  }
  return [...first.values()];
}
