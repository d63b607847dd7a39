/**
 * Reads the bodies of answers the way a client must: fields it does not know are ignored, sources and states
 * it does not know are kept, and a row it cannot use is left out and reported instead of spoiling the others.
 * The field tables are checked against the contract's types by the compiler; no schema library is needed at
 * run time, which keeps the tab and the task small.
 */
import type {
  Build,
  Build2Deployment,
  Deployment,
  Deployment2Build,
  Payload,
  Payload2Build,
} from './contract.ts';

/** A row that was left out: where it stood and what was wrong with it. */
export interface SkippedRow {
  readonly index: number;
  readonly problem: string;
}

/** A body with the rows that could be used. */
export interface ReadBody<T> {
  readonly body: T;
  readonly skipped: readonly SkippedRow[];
}

/** A body that cannot be used at all. */
export class UnreadableBody extends Error {}

type Read<T> = (value: unknown) => T;
type Fields<T> = { readonly [Name in keyof T]-?: Read<T[Name]> };

const payloadFields: Fields<Payload> = { Id: text, ProgressionLink: textOrEmpty };

const deploymentFields: Fields<Deployment> = {
  Id: text,
  StartTime: time,
  EndTime: (value) => (value === null || value === undefined ? null : time(value)),
  DeploymentUrl: textOrEmpty,
  Source: text,
  ChangeOwner: textOrEmpty,
  ChangeOwnerType: textOrEmpty,
  ChangeState: textOrEmpty,
  Payloads: (value) => usableRows(value, payloadFields).rows,
  LastUpdateTime: time,
  Metadata: (value) => (typeof value === 'string' ? value : undefined),
};

const buildFields: Fields<Build> = {
  OrganizationName: text,
  ProjectId: text,
  Id: (value) => (typeof value === 'number' ? String(value) : text(value)),
  Url: textOrEmpty,
  Source: () => 'ADO',
};

/** Reads the body of a B2D answer. @throws UnreadableBody */
export function readBuild2Deployment(value: unknown): ReadBody<Build2Deployment> {
  const { rows: Deployments, skipped } = usableRows(member(value, 'Deployments'), deploymentFields);
  const body = {
    ADOOrganizationName: textOrEmpty(member(value, 'ADOOrganizationName')),
    ADOProjectId: textOrEmpty(member(value, 'ADOProjectId')),
    ADOBuildId: Number(member(value, 'ADOBuildId')),
    Deployments,
  };
  return { body, skipped };
}

/** Reads the body of a D2B answer. @throws UnreadableBody */
export function readDeployment2Build(value: unknown): ReadBody<Deployment2Build> {
  const { rows: Builds, skipped } = usableRows(member(value, 'Builds'), buildFields);
  const DeploymentSource = textOrEmpty(member(value, 'DeploymentSource'));
  const DeploymentId = textOrEmpty(member(value, 'DeploymentId'));
  return { body: { DeploymentSource, DeploymentId, Builds }, skipped };
}

/** Reads the body of a P2B answer. @throws UnreadableBody */
export function readPayload2Build(value: unknown): ReadBody<Payload2Build> {
  const { rows: Builds, skipped } = usableRows(member(value, 'Builds'), buildFields);
  const DeploymentSource = textOrEmpty(member(value, 'DeploymentSource'));
  const Payload = textOrEmpty(member(value, 'Payload'));
  return { body: { DeploymentSource, Payload, Builds }, skipped };
}

function usableRows<T>(value: unknown, fields: Fields<T>): { rows: T[]; skipped: SkippedRow[] } {
  if (!Array.isArray(value)) throw new UnreadableBody('a list is missing');
  const rows: T[] = [];
  const skipped: SkippedRow[] = [];
  for (const [index, entry] of value.entries()) {
    try {
      rows.push(record(entry, fields));
    } catch (error) {
      if (!(error instanceof UnreadableBody)) throw error;
      skipped.push({ index, problem: error.message });
    }
  }
  return { rows, skipped };
}

function record<T>(value: unknown, fields: Fields<T>): T {
  const result: Partial<T> = {};
  for (const name in fields) {
    try {
      const read = fields[name](member(value, name));
      if (read !== undefined) result[name] = read;
    } catch (error) {
      throw error instanceof UnreadableBody ? new UnreadableBody(`${name}: ${error.message}`) : error;
    }
  }
  return result as T;
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) throw new UnreadableBody('an object is missing');
  return (value as Readonly<Record<string, unknown>>)[name];
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new UnreadableBody('a text is missing');
  return value;
}

function textOrEmpty(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function time(value: unknown): string {
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value)))
    throw new UnreadableBody('a time is missing');
  return value;
}
