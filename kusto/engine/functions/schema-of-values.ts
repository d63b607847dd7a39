/**
 * `buildschema()`: what kinds of values there are in dynamic values, and in the members of bags and arrays
 * (https://learn.microsoft.com/kusto/query/buildschema-aggregation-function).
 */
import { KqlError } from '../errors.ts';
import { aggregateCall } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { type AggregateCode, type AggregateFunction, argument } from './definition.ts';
import { isBag, type Json } from './json.ts';

interface Schema {
  /** The types of the values that are not bags or arrays. */
  readonly types: Set<string>;
  /** The members of bags by name, and the elements of arrays. */
  readonly members: Map<string, Schema>;
}

const ELEMENTS = '`indexer`';
const NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(\.\d+)?([eE][+-]?\d+)?/g;
const [LONG, DOUBLE] = ['\u0000long', '\u0000double'];

function newSchema(): Schema {
  return { types: new Set(), members: new Map() };
}

/** The value with the type of each number in its place: JavaScript would not tell `1.0` from `1`. */
function withTypes(json: string): Json {
  const typed = json.replace(NUMBER, (token, fraction?: string, exponent?: string) => {
    if (token.startsWith('"')) return token;
    return JSON.stringify((fraction ?? exponent) ? DOUBLE : LONG);
  });
  return JSON.parse(typed) as Json;
}

function admit(schema: Schema, value: Json): void {
  const unknown = Array.isArray(value) ? value.length === 0 : value === null;
  if (unknown)
    throw new KqlError('buildschema(): what a null or an empty array adds to a schema is not documented');
  if (Array.isArray(value)) for (const element of value) admit(memberOf(schema, ELEMENTS), element);
  else if (isBag(value))
    for (const [name, member] of Object.entries(value)) admit(memberOf(schema, name), member);
  else if (typeof value === 'boolean') schema.types.add('bool');
  else schema.types.add(value === LONG ? 'long' : value === DOUBLE ? 'double' : 'string');
}

function memberOf({ members }: Schema, name: string): Schema {
  const known = members.get(name) ?? newSchema();
  members.set(name, known);
  return known;
}

/** A type, a bag of schemas, or a list of such where there are several. */
function written({ types, members }: Schema): Json {
  const bag = Object.fromEntries([...members].map(([name, member]) => [name, written(member)]));
  const all: Json[] = [...types, ...(members.size > 0 ? [bag] : [])];
  return all.length === 1 ? (all[0] ?? null) : all;
}

export const SCHEMA_CODE: AggregateCode<Schema> = {
  name: 'buildschema',
  start: newSchema,
  step: (schema, json) => {
    if (typeof json === 'string') admit(schema, withTypes(json));
    return schema;
  },
  result: (schema): SqlValue =>
    schema.types.size + schema.members.size === 0 ? null : JSON.stringify(written(schema)),
};

export const BUILDSCHEMA: AggregateFunction = {
  name: 'buildschema',
  page: 'buildschema-aggregation-function',
  nullable: true,
  note: 'without nulls and empty arrays inside',
  sql: ({ args }) => aggregateCall({ name: SCHEMA_CODE.name, custom: true }, argument(args, 0).sql),
};
