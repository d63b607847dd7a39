/**
 * The plan of a schema change: a pure comparison of the definitions with what a database has. Objects that have no
 * definition are listed; only those that the caller names are dropped.
 */
import { commandFor, dropCommand } from './commands.ts';
import type { Definition, ObjectDefinition, TableDefinition } from './definitions.ts';
import { lineDifferences } from './line-differences.ts';

/** A change of one object or policy. `differences` are lines for people: `- current`, `+ new`. */
export interface SchemaStep {
  readonly action: 'create' | 'change' | 'drop';
  readonly title: string;
  readonly differences: readonly string[];
  readonly command: string;
}

export interface SchemaPlan {
  /** In the order to apply them in. */
  readonly steps: readonly SchemaStep[];
  /** Titles of what already matches its definition. */
  readonly unchanged: readonly string[];
  /** Titles of what is in the database but not in the definitions; it stays. */
  readonly unmanaged: readonly string[];
}

/** The change cannot be made in place; the message says what to do instead. */
export class SchemaPlanError extends Error {
  override readonly name = 'SchemaPlanError';
}

/**
 * Compares the definitions with what a database has.
 *
 * @param wanted in dependency order
 * @param live what the database has
 * @param drop names of objects to drop
 * @throws SchemaPlanError if the type of a column would change, or if a name to drop is defined or does not exist
 */
export function makeSchemaPlan(
  wanted: readonly Definition[],
  live: readonly Definition[],
  drop: readonly string[] = [],
): SchemaPlan {
  const rebuilt = new Set(wanted.filter((one) => mustBeRebuilt(one, live)).map(({ name }) => name));
  const there = new Map(
    live
      // A view that is dropped takes its policies with it.
      .filter((one) => !(rebuilt.has(one.name) && (one.kind === 'view' || one.kind === 'policy')))
      .map((definition) => [keyOf(definition), definition]),
  );
  const steps: SchemaStep[] = [];
  const unchanged: string[] = [];
  for (const definition of wanted) {
    const title = titleOf(definition);
    const current = there.get(keyOf(definition));
    const differences = current ? differencesBetween(current, definition) : [];
    if (current && differences.length === 0) {
      unchanged.push(title);
    } else {
      const action = current ? 'change' : 'create';
      if (definition.kind === 'view' && rebuilt.has(definition.name)) {
        steps.push({ action: 'drop', title, differences: [], command: dropCommand(definition) });
      }
      steps.push({ action, title, differences, command: commandFor(definition, action) });
    }
  }
  const wantedKeys = new Set(wanted.map(keyOf));
  const unmanaged = live
    .filter((definition) => definition.kind !== 'policy')
    .filter((definition) => !wantedKeys.has(keyOf(definition)));
  return {
    steps: [...steps, ...drop.map((name) => dropStep(name, unmanaged))],
    unchanged,
    unmanaged: unmanaged.filter(({ name }) => !drop.includes(name)).map(titleOf),
  };
}

/**
 * Whether a view cannot be altered into what is wanted: Kusto keeps its keys and its columns. It is dropped and filled
 * again from its table, where that keeps rows for as long as the view.
 *
 * @throws SchemaPlanError if the view keeps rows that its table no longer has
 */
function mustBeRebuilt(wanted: Definition, live: readonly Definition[]): boolean {
  if (wanted.kind !== 'view') return false;
  const current = live.find((one) => one.kind === 'view' && one.name === wanted.name);
  if (current?.kind !== 'view') return false;
  const made = namesMadeIn(wanted.query);
  const isKept =
    keysIn(current.query) === keysIn(wanted.query) &&
    namesMadeIn(current.query).every((name) => made.includes(name));
  if (isKept) return false;
  if (retentionDays(live, wanted.source) >= retentionDays(live, wanted.name)) return true;
  throw new SchemaPlanError(
    `materialized view ${wanted.name}: its keys or columns change, and it keeps rows that ${wanted.source} no longer has. Drop it yourself if they may go.`,
  );
}

/** What stands behind the last `by`. */
function keysIn(query: string): string {
  const start = query.lastIndexOf(' by ');
  return start < 0 ? '' : query.slice(start).replace(/\s+/g, ' ').trim();
}

function namesMadeIn(query: string): string[] {
  return [...query.matchAll(/(\w+) = /g)].map(([, name = '']) => name);
}

/** Without a policy, rows stay. */
function retentionDays(live: readonly Definition[], name: string): number {
  const policy = live.find((one) => one.kind === 'policy' && one.policy === 'retention' && one.name === name);
  const days = policy?.kind === 'policy' ? /softdelete = (\d+)d/.exec(policy.setting)?.[1] : undefined;
  return days === undefined ? Number.POSITIVE_INFINITY : Number(days);
}

/** The name of a definition for people: `function Links`, `retention policy of EntityChangeEvent`. */
export function titleOf(definition: Definition): string {
  if (definition.kind === 'policy') return `${definition.policy} policy of ${definition.name}`;
  return `${definition.kind === 'view' ? 'materialized view' : definition.kind} ${definition.name}`;
}

/** Equal for two definitions of the same thing. Objects of all kinds share one namespace. */
function keyOf(definition: Definition): string {
  return definition.kind === 'policy' ? titleOf(definition) : definition.name;
}

/** The plan as text: one line for each definition, with its differences below it. */
export function describeSchemaPlan(plan: SchemaPlan): string {
  const { create, change, drop } = countsOf(plan.steps);
  return [
    ...plan.steps.map(describeStep),
    ...describeUnmanaged(plan),
    `${create} to create, ${change} to change, ${drop} to drop, ${plan.unchanged.length} unchanged.`,
  ].join('\n');
}

/** A step as text: its title, with its differences below it. */
export function describeStep({ action, title, differences }: SchemaStep): string {
  return [`${signs[action]} ${action} ${title}`, ...differences.map((line) => `      ${line}`)].join('\n');
}

/** The objects that stay although nothing defines them, a line for each. */
export function describeUnmanaged({ unmanaged }: SchemaPlan): string[] {
  return unmanaged.map((title) => `? not ours, stays: ${title}`);
}

/** What was done of a plan, in one line. @param done the steps that were applied */
export function describeOutcome(plan: SchemaPlan, done: readonly SchemaStep[]): string {
  const { create, change, drop } = countsOf(done);
  const left = plan.steps.length - done.length;
  const counts = `${create} created, ${change} changed, ${drop} dropped, ${plan.unchanged.length} unchanged`;
  return left === 0 ? `${counts}.` : `${counts}, ${left} not applied.`;
}

const signs = { create: '+', change: '~', drop: '-' } as const;

function countsOf(steps: readonly SchemaStep[]): Record<SchemaStep['action'], number> {
  const count = (action: SchemaStep['action']) => steps.filter((step) => step.action === action).length;
  return { create: count('create'), change: count('change'), drop: count('drop') };
}

function dropStep(name: string, unmanaged: readonly ObjectDefinition[]): SchemaStep {
  const object = unmanaged.find((candidate) => candidate.name === name);
  if (!object) {
    throw new SchemaPlanError(
      `cannot drop ${name}: expected the name of an object that has no definition (${unmanaged.map((one) => one.name).join(', ') || 'nothing'})`,
    );
  }
  return { action: 'drop', title: titleOf(object), differences: [], command: dropCommand(object) };
}

function differencesBetween(current: Definition, wanted: Definition): string[] {
  if (current.kind === 'table' && wanted.kind === 'table') return tableDifferences(current, wanted);
  if (current.kind === 'function' && wanted.kind === 'function') {
    return [
      ...lineDifferences([`(${parameters(current.parameters)})`], [`(${parameters(wanted.parameters)})`]),
      ...lineDifferences(lines(current.body), lines(wanted.body)),
      ...descriptionDifferences(current, wanted),
    ];
  }
  if (current.kind === 'view' && wanted.kind === 'view') {
    return [
      ...lineDifferences([`on table ${current.source}`], [`on table ${wanted.source}`]),
      ...lineDifferences(lines(current.query), lines(wanted.query)),
      ...descriptionDifferences(current, wanted),
    ];
  }
  if (current.kind === 'policy' && wanted.kind === 'policy') {
    return lineDifferences([current.setting], [wanted.setting]);
  }
  throw new SchemaPlanError(`${titleOf(wanted)}: the database has a ${current.kind} of that name`);
}

/** Columns that only the database has are kept: create-merge never removes one. */
function tableDifferences(current: TableDefinition, wanted: TableDefinition): string[] {
  const types = new Map(current.columns.map(({ name, type }) => [name, type]));
  const missing = wanted.columns.filter(({ name, type }) => {
    const there = types.get(name);
    if (there !== undefined && there !== type) {
      throw new SchemaPlanError(
        `table ${wanted.name}: column ${name} is ${there} and would become ${type}; a type cannot be changed in place`,
      );
    }
    return there === undefined;
  });
  return [
    ...missing.map(({ name, type }) => `+ ${name}: ${type}`),
    ...descriptionDifferences(current, wanted),
  ];
}

function descriptionDifferences(current: ObjectDefinition, wanted: ObjectDefinition): string[] {
  return [
    ...lineDifferences([`folder ${current.folder}`], [`folder ${wanted.folder}`]),
    ...lineDifferences([`docstring ${current.docString}`], [`docstring ${wanted.docString}`]),
  ];
}

/** Parameters with uniform spacing: a database may add or drop spaces. */
function parameters(text: string): string {
  return text.replace(/\s*([:,])\s*/g, '$1 ').trim();
}

/** The lines of KQL that are not empty, without indentation. */
function lines(kql: string): string[] {
  return kql
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
