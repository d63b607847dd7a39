/**
 * What applying the definitions to a database would do: a pure comparison of what is wanted with what is
 * there. Nothing is ever dropped because it is not wanted; it is listed, and dropped only by its name.
 */
import { commandFor, dropCommand } from './commands.ts';
import type { Definition, ObjectDefinition, TableDefinition } from './definitions.ts';
import { lineDifferences } from './line-differences.ts';

/** One definition and what becomes of it. `differences` are lines for people: `- what is there`, `+ what comes`. */
export interface PlannedStep {
  readonly action: 'create' | 'change' | 'drop';
  readonly title: string;
  readonly differences: readonly string[];
  readonly command: string;
}

export interface Plan {
  /** In the order in which they are to be applied. */
  readonly steps: readonly PlannedStep[];
  /** Titles of what stays because it is as wanted. */
  readonly unchanged: readonly string[];
  /** Titles of what is in the database and not in the definitions; it stays. */
  readonly unmanaged: readonly string[];
}

/** A plan that cannot be made; the message says what to do about it. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

/**
 * Compares the definitions with a database's own.
 *
 * @param wanted in dependency order
 * @param live what the database has
 * @param drop names of objects to drop
 * @throws PlanError for a column whose type would change, or a name to drop that is wanted or not there
 */
export function makePlan(
  wanted: readonly Definition[],
  live: readonly Definition[],
  drop: readonly string[] = [],
): Plan {
  const there = new Map(live.map((definition) => [keyOf(definition), definition]));
  const steps: PlannedStep[] = [];
  const unchanged: string[] = [];
  for (const definition of wanted) {
    const title = titleOf(definition);
    const current = there.get(keyOf(definition));
    const differences = current ? differencesBetween(current, definition) : [];
    if (current && differences.length === 0) {
      unchanged.push(title);
    } else {
      const action = current ? 'change' : 'create';
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

/** How people call a definition: `function Links`, `retention policy of EntityChangeEvent`. */
export function titleOf(definition: Definition): string {
  if (definition.kind === 'policy') return `${definition.policy} policy of ${definition.name}`;
  return `${definition.kind === 'view' ? 'materialized view' : definition.kind} ${definition.name}`;
}

/** Equal for two definitions of the same thing. Objects of all kinds share their names. */
function keyOf(definition: Definition): string {
  return definition.kind === 'policy' ? titleOf(definition) : definition.name;
}

/** The plan as text: one line for each definition, with its differences below. Equal plans give equal text. */
export function describePlan(plan: Plan): string {
  const sign = { create: '+', change: '~', drop: '-' };
  const count = (action: PlannedStep['action']) => plan.steps.filter((step) => step.action === action).length;
  return [
    ...plan.steps.flatMap(({ action, title, differences }) => [
      `${sign[action]} ${action} ${title}`,
      ...differences.map((line) => `      ${line}`),
    ]),
    ...plan.unmanaged.map((title) => `? not ours, stays: ${title}`),
    `${count('create')} to create, ${count('change')} to change, ${count('drop')} to drop, ${plan.unchanged.length} unchanged.`,
  ].join('\n');
}

function dropStep(name: string, unmanaged: readonly ObjectDefinition[]): PlannedStep {
  const object = unmanaged.find((candidate) => candidate.name === name);
  if (!object) {
    throw new PlanError(
      `cannot drop ${name}: it is not among what is there and not ours (${unmanaged.map((one) => one.name).join(', ') || 'nothing'})`,
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
  throw new PlanError(`${titleOf(wanted)}: the database has a ${current.kind} of that name`);
}

/** Columns that only the database has stay: create-merge never removes one. */
function tableDifferences(current: TableDefinition, wanted: TableDefinition): string[] {
  const types = new Map(current.columns.map(({ name, type }) => [name, type]));
  const missing = wanted.columns.filter(({ name, type }) => {
    const there = types.get(name);
    if (there !== undefined && there !== type) {
      throw new PlanError(
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

/** Without the spaces that a database may have put in or left out. */
function parameters(text: string): string {
  return text.replace(/\s*([:,])\s*/g, '$1 ').trim();
}

/** The lines of KQL that count, without indentation. */
function lines(kql: string): string[] {
  return kql
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
