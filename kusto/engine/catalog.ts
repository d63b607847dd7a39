/**
 * What a database contains: tables, materialized views and stored functions, with the names under which
 * SQLite keeps them. A catalogue is an immutable snapshot; a command makes a new one, so that statements
 * compiled against the old one can tell that they are stale (`version`).
 *
 * Kusto's names are case-sensitive, SQLite's are not: hence the physical names.
 */

/** The emulator's default database: an empty folder gets it, and requests go there that name none. */
export const DEFAULT_DATABASE = 'NetDefaultDB';

/** Kusto's scalar types. https://learn.microsoft.com/kusto/query/scalar-data-types/ */
export type ScalarType =
  | 'bool'
  | 'datetime'
  | 'decimal'
  | 'dynamic'
  | 'guid'
  | 'int'
  | 'long'
  | 'real'
  | 'string'
  | 'timespan';

const SCALAR_TYPES: ReadonlySet<string> = new Set<ScalarType>([
  'bool',
  'datetime',
  'decimal',
  'dynamic',
  'guid',
  'int',
  'long',
  'real',
  'string',
  'timespan',
]);

export function isScalarType(name: string): name is ScalarType {
  return SCALAR_TYPES.has(name);
}

/** The .NET type that Kusto's answers name beside its own. */
export const DOTNET_TYPES: Readonly<Record<ScalarType, string>> = {
  bool: 'SByte',
  datetime: 'DateTime',
  decimal: 'SqlDecimal',
  dynamic: 'Object',
  guid: 'Guid',
  int: 'Int32',
  long: 'Int64',
  real: 'Double',
  string: 'String',
  timespan: 'TimeSpan',
};

/** A column as a query sees it. */
export interface Column {
  readonly name: string;
  readonly type: ScalarType;
}

/** A column of a stored table, with its name in SQLite. */
export interface StoredColumn extends Column {
  readonly physical: string;
}

interface Described {
  readonly name: string;
  readonly folder: string;
  readonly docString: string;
}

/** A table; every row also has `$ingestion`, its ingestion time in ticks. */
export interface Table extends Described {
  readonly kind: 'table';
  readonly physical: string;
  readonly columns: readonly StoredColumn[];
}

/** A materialized view: `query` over the table `source`, kept up to date at every ingestion. */
export interface MaterializedView extends Described {
  readonly kind: 'view';
  readonly physical: string;
  readonly source: string;
  readonly query: string;
  readonly columns: readonly StoredColumn[];
}

/** A parameter of a stored function that takes a scalar; `defaultValue` is a KQL literal. */
export interface ScalarParameter extends Column {
  readonly defaultValue?: string;
}

/** A parameter that takes a table. */
export interface TableParameter {
  readonly name: string;
  /** Those that the table has to have; absent where any table will do, which is written `(*)`. */
  readonly columns: readonly Column[] | undefined;
}

export type FunctionParameter = ScalarParameter | TableParameter;

export function takesTable(parameter: FunctionParameter): parameter is TableParameter {
  return !('type' in parameter);
}

/** A stored function; `body` is the KQL between its braces. */
export interface StoredFunction extends Described {
  readonly kind: 'function';
  readonly parameters: readonly FunctionParameter[];
  readonly body: string;
  /** Whether a wildcard in a union stands for it too. */
  readonly isView?: true;
}

export type Entity = Table | MaterializedView | StoredFunction;

/** An immutable snapshot of one database's entities. Names are unique across kinds, as in Kusto. */
export class Catalog {
  readonly database: string;
  readonly version: number;
  readonly entities: ReadonlyMap<string, Entity>;

  constructor(database: string, entities: Iterable<Entity> = [], version = 0) {
    this.database = database;
    this.version = version;
    this.entities = new Map([...entities].map((entity) => [entity.name, entity]));
  }

  /** The catalogue with `entity` added or replaced. */
  with(entity: Entity): Catalog {
    const others = [...this.entities.values()].filter(({ name }) => name !== entity.name);
    return new Catalog(this.database, [...others, entity], this.version + 1);
  }

  /** The catalogue without the entity called `name`. */
  without(name: string): Catalog {
    const others = [...this.entities.values()].filter((entity) => entity.name !== name);
    return new Catalog(this.database, others, this.version + 1);
  }

  /** The tables, in order of creation. */
  get tables(): Table[] {
    return [...this.entities.values()].filter((entity) => entity.kind === 'table');
  }

  /** The materialized views, in order of creation. */
  get views(): MaterializedView[] {
    return [...this.entities.values()].filter((entity) => entity.kind === 'view');
  }

  /** The stored functions, in order of creation. */
  get functions(): StoredFunction[] {
    return [...this.entities.values()].filter((entity) => entity.kind === 'function');
  }
}

/**
 * Physical names for `names`, in order: the name itself, or with a number after it where an earlier one
 * differs in case only.
 */
export function physicalNames(names: readonly string[], taken: Iterable<string> = []): string[] {
  const used = new Set([...taken].map((name) => name.toLowerCase()));
  return names.map((name) => {
    let physical = name;
    for (let n = 2; used.has(physical.toLowerCase()); n++) physical = `${name}$${n}`;
    used.add(physical.toLowerCase());
    return physical;
  });
}
