/**
 * A call whose columns depend on the data. Lowering stops there with the plan of a query that asks for them; the text
 * that it finds goes behind the call.
 */
import type { Column } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import type { Syntax } from '../parse/syntax.ts';
import type { SchemaQuestion } from '../statement.ts';
import type { Relation, Scope } from './scope.ts';

/** Thrown while lowering: the query needs a schema first. */
export class SchemaNeededError extends Error {
  readonly rows: Relation;
  readonly question: SchemaQuestion;
  /** The stored entities that were met. */
  readonly entities: ReadonlySet<string>;

  constructor(rows: Relation, question: SchemaQuestion, entities: ReadonlySet<string>) {
    super('The columns depend on the data');
    this.name = 'SchemaNeededError';
    this.rows = rows;
    this.question = question;
    this.entities = entities;
  }
}

/** Stops lowering. @throws SchemaNeededError, or KqlError where nobody could answer */
export function askForSchema(
  syntax: Syntax,
  rows: Relation,
  { context }: Scope,
  question: Omit<SchemaQuestion, 'offset'>,
): never {
  const end = syntax.endInQuery;
  if (end === undefined || !context.mayAsk)
    return syntax.refuseUnsupported(
      `'${syntax.text.split('(')[0]}' needs its schema here, such as ': (*, Name: string)' behind it`,
    );
  throw new SchemaNeededError(rows, { ...question, offset: end }, context.entities);
}

/**
 * The schema that belongs behind the call.
 *
 * @param answer the rows that the statement of the question gives
 * @throws KqlError where they make no schema
 */
export function schemaText(question: SchemaQuestion, answer: readonly (readonly unknown[])[]): string {
  const found = question.kind === 'pivot' ? pivotColumns(question, answer) : bagColumns(question, answer);
  const columns = [...question.before, ...found.map(({ name, type }) => `${quoted(name)}: ${type}`)];
  return ` : (${columns.join(', ')})${inPlace(question, found)}`;
}

/** A column that a slot replaces stays where it was; a schema puts it behind the others. */
function inPlace({ taken, conflict }: SchemaQuestion, found: readonly Column[]): string {
  if (conflict !== 'replace_source' || !found.some(({ name }) => taken.includes(name))) return '';
  return ` | project-reorder ${taken.map(quoted).join(', ')}`;
}

/** A column's name as KQL may always write it. */
export function quoted(name: string): string {
  return `[${quotedText(name)}]`;
}

/** A text as KQL may always write it, without line breaks. */
export function quotedText(text: string): string {
  const escaped = text
    .replace(/[\\']/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t');
  return `'${escaped}'`;
}

function bagColumns(question: SchemaQuestion, answer: readonly (readonly unknown[])[]): Column[] {
  const types = new Map<string, Set<string>>();
  for (const [slot, type] of answer) {
    const name = `${question.prefix}${slot}`;
    types.set(name, (types.get(name) ?? new Set()).add(String(type)));
  }
  const columns = [...types].map(([name, of]): Column => {
    if (question.taken.includes(name) && question.conflict === 'error')
      throw new KqlError(
        `bag_unpack: '${name}' is a slot of a bag and a column of the rows: say columnsConflict='replace_source' or 'keep_source', or give a prefix`,
      );
    if (of.has('text'))
      throw new KqlError(
        `bag_unpack: '${name}' has texts that look like a datetime, timespan or guid: write the schema behind it, such as ': (*, ${quoted(name)}: string)'`,
      );
    const [type = 'dynamic'] = of.size === 1 ? of : [];
    return { name: checkedName(question.kind, name), type: type as Column['type'] };
  });
  const added = columns.filter(
    ({ name }) => !question.taken.includes(name) || question.conflict !== 'keep_source',
  );
  return added.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function pivotColumns({ kind, type }: SchemaQuestion, answer: readonly (readonly unknown[])[]): Column[] {
  const names = answer.map(([value]) => checkedName(kind, String(value ?? '')));
  return [...new Set(names)].sort().map((name) => ({ name, type }));
}

const LONGEST_NAME = 1024;

function checkedName(plugin: string, name: string): string {
  if (name === '' || name.length > LONGEST_NAME)
    throw new KqlError(`${plugin}: a value of ${name.length} characters cannot be the name of a column`);
  return name;
}
