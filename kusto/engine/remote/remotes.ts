/**
 * Reads other clusters for queries: their schemas before a query is compiled, their rows before it runs. What a read is
 * filtered by may come from this database or from other reads, so it is worked out first, and each read is made once.
 */
import { LRUCache } from 'lru-cache';
import type { Catalog, ScalarType } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import { bindParameters } from '../slot-values.ts';
import type { RemoteOperand, RemoteRead, SqlValue, Statement } from '../statement.ts';
import { type AllowedCluster, originOf } from './allowed-clusters.ts';
import { askCluster } from './connection.ts';
import { remoteReferences } from './references.ts';
import { rowsOfAnswer } from './rows.ts';
import { parseRemoteSchema, type RemoteSchema } from './schema.ts';

const SCHEMA_LIFE_MILLISECONDS = 60_000;
/** A schema that is younger is not the reason for a refusal. */
const YOUNG_MILLISECONDS = 1_000;
const SCHEMA_TIMEOUT_MILLISECONDS = 10_000;
const REMEMBERED_QUERIES = 500;

interface KnownSchema {
  readonly schema: Promise<RemoteSchema>;
  readonly since: number;
}

/** How the values that a query's reads depend on are worked out. */
export interface LocalRun {
  readonly parameters: Readonly<Record<string, string>>;
  readonly now: bigint;
  /** Milliseconds for each read. */
  readonly timeout: number;
  /** The one value that a statement gives, as JSON. */
  value(sql: string, values: readonly SqlValue[], type: ScalarType): Promise<string>;
}

/** The other clusters that queries may read. */
export class Remotes {
  readonly #clusters: ReadonlyMap<string, AllowedCluster>;
  readonly #schemas = new Map<string, KnownSchema>();
  readonly #named = new WeakMap<Catalog, LRUCache<string, readonly Named[]>>();

  constructor(clusters: ReadonlyMap<string, AllowedCluster>) {
    this.#clusters = clusters;
  }

  /**
   * The schemas of the allowed databases that a query names.
   *
   * @throws EngineError where a cluster does not answer, KqlError where it refuses
   */
  schemasOf(catalog: Catalog, text: string): Promise<RemoteSchema[]> {
    return Promise.all(this.#namedIn(catalog, text).map((named) => this.#schema(named)));
  }

  /** Forgets schemas that may have changed. @returns whether there were any */
  forget(schemas: readonly RemoteSchema[]): boolean {
    const old = schemas.map(keyOf).filter((key) => {
      const known = this.#schemas.get(key);
      return known !== undefined && Date.now() - known.since > YOUNG_MILLISECONDS;
    });
    for (const key of old) this.#schemas.delete(key);
    return old.length > 0;
  }

  /**
   * The values for a statement's slots, with the rows that it reads elsewhere.
   *
   * @throws EngineError where a cluster does not answer, KqlError where it refuses or would send too many rows
   */
  async values(statement: Pick<Statement, 'slots'>, run: LocalRun): Promise<SqlValue[]> {
    const fetched = new Map<string, Promise<string>>();
    const valuesOf = async ({ slots }: Pick<Statement, 'slots'>): Promise<SqlValue[]> => {
      const rows = new Map<RemoteRead, string>();
      const reads = slots.flatMap((slot) => (slot.kind === 'rows' ? [slot.read] : []));
      await Promise.all(
        reads.map(async (read) => {
          rows.set(read, await this.#rows(read, run, valuesOf, fetched));
        }),
      );
      return bindParameters({ slots }, run.parameters, run.now, (read) => rows.get(read) ?? '[]');
    };
    return valuesOf(statement);
  }

  async #rows(
    read: RemoteRead,
    run: LocalRun,
    valuesOf: (statement: Pick<Statement, 'slots'>) => Promise<SqlValue[]>,
    fetched: Map<string, Promise<string>>,
  ): Promise<string> {
    const parameters: Record<string, string> = {};
    for (const { name, type, statement } of read.operands) {
      const json = await run.value(statement.sql, await valuesOf(statement), type);
      if (read.needs.includes(name) && /^(\[\]|null|false)$/.test(json)) return '[]';
      parameters[name] = parameterText(json, type);
    }
    const key = JSON.stringify([read.cluster, read.database, read.query, parameters]);
    const rows = fetched.get(key) ?? this.#fetch(read, parameters, run.timeout);
    fetched.set(key, rows);
    return rows;
  }

  async #fetch(
    { cluster, database, query, columns, table }: RemoteRead,
    parameters: Readonly<Record<string, string>>,
    timeout: number,
  ): Promise<string> {
    const answer = await askCluster(this.#cluster(cluster), {
      path: '/v2/rest/query',
      database,
      text: query,
      parameters,
      timeout,
    });
    return rowsOfAnswer(answer, columns, `${table} in database '${database}' of cluster ${cluster}`);
  }

  #schema(named: Named): Promise<RemoteSchema> {
    const key = keyOf(named);
    const known = this.#schemas.get(key);
    if (known && Date.now() - known.since < SCHEMA_LIFE_MILLISECONDS) return known.schema;
    const schema = this.#fetchSchema(named);
    this.#schemas.set(key, { schema, since: Date.now() });
    schema.catch(() => this.#schemas.delete(key));
    return schema;
  }

  async #fetchSchema({ cluster, database }: Named): Promise<RemoteSchema> {
    const answer = await askCluster(this.#cluster(cluster), {
      path: '/v1/rest/mgmt',
      database,
      text: `.show database ['${database.replace(/[\\']/g, '\\$&')}'] schema as json`,
      parameters: {},
      timeout: SCHEMA_TIMEOUT_MILLISECONDS,
    });
    const { Tables } = JSON.parse(answer);
    const schema = parseRemoteSchema(cluster, database, String(Tables[0].Rows[0][0]));
    if (!schema) throw new KqlError(`Cluster ${cluster} has no database '${database}'`);
    return schema;
  }

  #cluster(origin: string): AllowedCluster {
    const cluster = this.#clusters.get(origin);
    if (!cluster) throw new KqlError(`Cluster ${origin} may not be read`);
    return cluster;
  }

  /** Each allowed database once, in a fixed order. */
  #namedIn(catalog: Catalog, text: string): readonly Named[] {
    const byText = this.#named.get(catalog) ?? new LRUCache({ max: REMEMBERED_QUERIES });
    this.#named.set(catalog, byText);
    const known = byText.get(text);
    if (known) return known;
    const found = new Map<string, Named>();
    for (const { cluster: name, database } of remoteReferences(catalog, text)) {
      const cluster = originOf(name);
      if (cluster === undefined || !this.#clusters.has(cluster)) continue;
      found.set(keyOf({ cluster, database }), { cluster, database });
    }
    const named = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    byText.set(text, named);
    return named;
  }
}

type Named = Pick<RemoteSchema, 'cluster' | 'database'>;

function keyOf({ cluster, database }: Named): string {
  return `${cluster}\n${database.toLowerCase()}`;
}

/** A value as a query parameter: text as it is, everything else as a literal of its type. */
function parameterText(json: string, type: RemoteOperand['type']): string {
  if (type === 'string') return String(JSON.parse(json));
  return `${type}(${type === 'dynamic' || !json.startsWith('"') ? json : JSON.parse(json)})`;
}
