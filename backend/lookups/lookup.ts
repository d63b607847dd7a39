/**
 * The common part of the lookups: ask a function of Kusto, and tell what its rows mean. What differs
 * between them is data, a {@link Lookup}. The routes and the gates use the same results.
 */
import type { ApiError } from '../../api/contract.ts';
import type { ProjectKey } from '../../api/keys.ts';
import type { LookupName } from '../../api/lookups.ts';
import type { ParameterMistake, ParameterReading } from '../../api/query.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import type { FunctionCall } from '../../kusto/client/function-call.ts';
import type { Row } from '../../kusto/client/rows.ts';

/** A project of builds in a body. */
export interface ProjectOfAnswer extends ProjectKey {
  /** Their payloads, in lower case, where the body shows some. */
  readonly payloads?: readonly string[];
}

/** What a caller sees of an answer. */
export interface PartialSight {
  sees(project: ProjectKey): boolean;
  /** Whether it may know how much is left out. */
  readonly mayCount: boolean;
  /** All projects of the answer. */
  readonly projects: readonly ProjectOfAnswer[];
}

/**
 * What is known of a key: something, nothing yet (and why), or not even the key. Until `mayGrowUntil`, more of what
 * was found may still arrive. `projects` are those of the builds in the body; without any, the body belongs to no
 * project. `invalid` is a query that only the data could refuse.
 */
export type LookupResult<Body extends object> =
  | {
      readonly kind: 'found';
      readonly body: Body;
      readonly mayGrowUntil?: Date;
      readonly projects?: readonly ProjectOfAnswer[];
    }
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'invalid'; readonly mistakes: readonly ParameterMistake[] }
  | { readonly kind: 'unknown'; readonly message: string; readonly details?: ApiError['details'] };

/** What a function of Kusto found. `row` is any row: columns about the key itself are the same in all of them. */
export type Findings =
  | { readonly kind: 'found'; readonly row: Row; readonly rows: readonly Row[] }
  | { readonly kind: 'none'; readonly row: Row }
  | { readonly kind: 'unknown' };

/** One lookup, from a query string to a body of the contract. */
export interface Lookup<Key, Body extends object> {
  readonly name: LookupName;
  /** A call that finds nothing. */
  readonly warmUp: FunctionCall;
  /** @param id the id in the path, where it has one */
  read(rawQuery: string, id: string): ParameterReading<Key>;
  /** Completes a key that names its subject in short, from what the caller may see. */
  complete?(key: Key, view: View): Promise<ParameterReading<Key>>;
  /** Different keys have different cache keys. */
  cacheKey(key: Key): string;
  /** The key under which the changelog tells of changes of the result; without it, that is the cache key. */
  changesWith?(key: Key): string | undefined;
  call(key: Key): FunctionCall;
  /** What rows mean; without it, their column `Found` tells. */
  findingsIn?(rows: readonly Row[]): Findings;
  /** The most rows that `call` may have, where the usual limit would cut them. */
  readonly mostRows?: number;
  /** A call that has a row if the key is known, although `call` had none. */
  whenEmpty?(key: Key): FunctionCall;
  /** Another call that the result of some keys needs. */
  beside?(key: Key): FunctionCall | undefined;
  /** @param beside the rows of that call */
  result(key: Key, findings: Findings, beside: readonly Row[]): LookupResult<Body>;
  /**
   * The project that a key names: whoever may not see it sees nothing. Without it, or beside it, results belong to the
   * projects in them.
   */
  projectOf?(key: Key): ProjectKey | undefined;
  /** The part of a body that a reader of some of its projects may see; without it, that is the whole. */
  partOf?(body: Body, sight: PartialSight): Body;
}

/** What a caller may see of the data. */
export interface View {
  query(call: FunctionCall): Promise<readonly Row[]>;
  /** Which of some projects the caller may see; `about` names what was asked for. @throws RightsError */
  visible(projects: readonly ProjectKey[], about: string): Promise<(project: ProjectKey) => boolean>;
}

export interface LookupOptions {
  readonly traceId: string;
  /** Whose share of Kusto's places is used; nobody's without it. */
  readonly caller?: string | undefined;
  /** False if nobody is waiting for the answer; true by default. */
  readonly interactive?: boolean;
  /** Whether the answer must not be some seconds old. */
  readonly newest?: boolean;
  /** Limit of the whole query, including the wait in line and a second try. */
  readonly timeoutMs: number;
}

/** Looks up `key`. @throws KustoError */
export async function lookUp<Key, Body extends object>(
  kusto: KustoClient,
  lookup: Lookup<Key, Body>,
  key: Key,
  options: LookupOptions,
): Promise<LookupResult<Body>> {
  const query = ({ text, parameters }: FunctionCall) =>
    kusto.query(text, parameters, { interactive: true, mostRows: lookup.mostRows, ...options });
  const besideCall = lookup.beside?.(key);
  const [rows, beside] = await Promise.all([query(lookup.call(key)), besideCall ? query(besideCall) : []]);
  const findings = lookup.findingsIn?.(rows) ?? foundIn(rows);
  if (findings.kind !== 'unknown' || !lookup.whenEmpty) return lookup.result(key, findings, beside);
  const [row] = await query(lookup.whenEmpty(key));
  return lookup.result(key, row ? { kind: 'none', row } : findings, beside);
}

/** The functions decide what was found: no row for an unknown key, and `Found` in the rows of a known one. */
function foundIn(rows: readonly Row[]): Findings {
  const [row] = rows;
  if (!row) return { kind: 'unknown' };
  if (row.Found === true) return { kind: 'found', row, rows };
  if (row.Found === false) return { kind: 'none', row };
  throw new TypeError('The function does not tell whether it found anything: its column Found is missing');
}
