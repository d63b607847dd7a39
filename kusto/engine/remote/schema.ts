/** What another cluster's database contains, as `.show database schema as json` tells it. */
import { createHash } from 'node:crypto';
import {
  type Column,
  type Entity,
  isScalarType,
  physicalNames,
  type ScalarType,
  type StoredColumn,
} from '../catalog.ts';

/** A database of another cluster, as far as the binder needs it. */
export interface RemoteSchema {
  /** The cluster's origin. */
  readonly cluster: string;
  readonly database: string;
  readonly entities: readonly Entity[];
  /** Different for another schema. */
  readonly key: string;
}

type Json = Readonly<Record<string, unknown>>;

/** @returns undefined where `json` does not describe `database` */
export function parseRemoteSchema(cluster: string, database: string, json: string): RemoteSchema | undefined {
  const described = bagOf(bagOf(JSON.parse(json)).Databases);
  const [, found] =
    Object.entries(described).find(([name]) => name.toLowerCase() === database.toLowerCase()) ?? [];
  if (found === undefined) return undefined;
  const { Tables, MaterializedViews, Functions } = bagOf(found);
  return {
    cluster,
    database,
    entities: [
      ...each(Tables).map(tableOf),
      ...each(MaterializedViews).map(
        (view): Entity => ({ ...tableOf(view), kind: 'view', source: '', query: '' }),
      ),
      ...each(Functions).map(functionOf),
    ],
    key: createHash('sha256').update(`${cluster}\n${database}\n${json}`).digest('hex'),
  };
}

function tableOf(json: Json): Extract<Entity, { kind: 'table' }> {
  const name = String(json.Name);
  return { kind: 'table', name, folder: '', docString: '', physical: name, columns: storedColumns(json) };
}

function storedColumns({ OrderedColumns }: Json): StoredColumn[] {
  const columns = listOf(OrderedColumns).map(columnOf);
  const physical = physicalNames(columns.map(({ name }) => name));
  return columns.map((column, index) => ({ ...column, physical: physical[index] ?? column.name }));
}

function functionOf(json: Json): Entity {
  const body = String(json.Body).trim();
  return {
    kind: 'function',
    name: String(json.Name),
    folder: '',
    docString: '',
    parameters: listOf(json.InputParameters).map((parameter) => {
      const { CslDefaultValue: defaultValue, Columns } = parameter;
      if (Array.isArray(Columns)) {
        const columns = listOf(Columns).map(columnOf);
        return { name: String(parameter.Name), columns: columns.length > 0 ? columns : undefined };
      }
      return { ...columnOf(parameter), ...(typeof defaultValue === 'string' && { defaultValue }) };
    }),
    body: body.startsWith('{') && body.endsWith('}') ? body.slice(1, -1) : body,
  };
}

function columnOf({ Name, CslType }: Json): Column {
  return { name: String(Name), type: scalarType(String(CslType)) };
}

function scalarType(name: string): ScalarType {
  return isScalarType(name) ? name : 'dynamic';
}

function each(value: unknown): Json[] {
  return Object.values(bagOf(value)).map(bagOf);
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(bagOf) : [];
}

function bagOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
