/**
 * The values for the slots of a compiled statement, with each parameter and each early call worked out once, whatever
 * number of places it stands in. Statements are run over and over, so what there is to do is written down once for each.
 */
import { KqlError } from './errors.ts';
import { type EarlyCode, earlyCode, storedValue } from './functions/call-code.ts';
import { withinTime } from './functions/time-limit.ts';
import { readLiteral } from './plan/literals.ts';
import { textOfLiteral } from './plan/string-literals.ts';
import { slotName } from './sql/print.ts';
import type { EarlyCall, RemoteRead, SqlValue, Statement, StatementParameter } from './statement.ts';

type Slot = EarlyCall['args'][number];

/** One value to work out; a call's arguments are places of earlier ones. */
type Step =
  | Exclude<Slot, EarlyCall>
  | { readonly kind: 'call'; readonly code: EarlyCode; readonly args: readonly number[] };

/** What to work out in order, and which of it belongs into which slot. */
interface Plan {
  readonly steps: readonly Step[];
  /** Which of the steps are arguments of calls: these get what SQLite would hand to its own. */
  readonly isArgument: readonly boolean[];
  readonly places: readonly number[];
  /** Of the slots, where they have names. */
  readonly names: readonly string[];
}

const plans = new WeakMap<readonly StatementParameter[], Plan>();

/**
 * The values for a statement's slots, in order.
 *
 * @param raw parameters as a client sends them: KQL literals, or strings as they are
 * @param now the query's `now()` in ticks
 * @param rowsOf the rows of a read from another cluster, as a JSON array of arrays
 * @throws KqlError naming a parameter that is missing or not of its declared type
 */
export function bindParameters(
  { slots }: Pick<Statement, 'slots'>,
  raw: Readonly<Record<string, string>>,
  now: bigint,
  rowsOf: (read: RemoteRead) => SqlValue = refuseRows,
): SqlValue[] {
  const { steps, isArgument, places } = planFor(slots);
  const values: SqlValue[] = [];
  for (const [index, step] of steps.entries()) {
    const value = stepValue(step, values, { raw, now, rowsOf });
    values.push(isArgument[index] ? storedValue(value) : value);
  }
  return places.map((place) => values[place] ?? null);
}

/** What the driver is given for a statement: a value for each `?`, or an object with those for all names. */
export type BoundValue = SqlValue | Readonly<Record<string, SqlValue>>;

/** A statement with the values for its slots. */
export interface BoundStatement {
  readonly sql: string;
  readonly values: readonly BoundValue[];
}

/** Early calls are made in the caller's thread, so they have to be short. */
const EARLY_MILLISECONDS = 20;
const LONGEST_EARLY_VALUES = 10_000;

/**
 * The form of a statement that is run with these parameters: that with early calls where it has one and these are made in
 * no time, else the plain one.
 *
 * @throws KqlError as `bindParameters` does
 */
export function boundStatement(
  statement: Pick<Statement, 'sql' | 'slots' | 'early'>,
  raw: Readonly<Record<string, string>>,
  now: bigint,
): BoundStatement {
  const { early } = statement;
  if (early && lengthOf(raw) <= LONGEST_EARLY_VALUES) {
    try {
      const values = withinTime(EARLY_MILLISECONDS, () => bindParameters(early, raw, now));
      return { sql: early.sql, values: [named(values, planFor(early.slots))] };
    } catch {
      // The plain form fails as well, or it does not come to that call.
    }
  }
  return { sql: statement.sql, values: bindParameters(statement, raw, now) };
}

function planFor(slots: readonly StatementParameter[]): Plan {
  const known = plans.get(slots);
  if (known) return known;
  const plan = planOf(slots);
  plans.set(slots, plan);
  return plan;
}

function planOf(slots: readonly StatementParameter[]): Plan {
  const steps: Step[] = [];
  const isArgument: boolean[] = [];
  const known = new Map<unknown, number>();
  const placeOf = (slot: Slot): number => {
    const key = slot.kind === 'parameter' ? slot.name : slot;
    const before = known.get(key);
    if (before !== undefined) return before;
    const step: Step =
      slot.kind === 'call'
        ? { kind: 'call', code: earlyCode(slot.code), args: slot.args.map(argumentOf) }
        : slot;
    steps.push(step);
    // What a call gives is checked as if it were an argument: SQLite would not have it otherwise.
    isArgument.push(step.kind === 'call');
    known.set(key, steps.length - 1);
    return steps.length - 1;
  };
  const argumentOf = (slot: Slot): number => {
    const place = placeOf(slot);
    isArgument[place] = true;
    return place;
  };
  const places = slots.map(placeOf);
  return { steps, isArgument, places, names: slots.map((_, index) => slotName(index)) };
}

interface Given {
  readonly raw: Readonly<Record<string, string>>;
  readonly now: bigint;
  readonly rowsOf: (read: RemoteRead) => SqlValue;
}

/** @param values those of the steps before */
function stepValue(step: Step, values: readonly SqlValue[], { raw, now, rowsOf }: Given): SqlValue {
  switch (step.kind) {
    case 'now':
      return now;
    case 'rows':
      return rowsOf(step.read);
    case 'literal':
      return step.value;
    case 'parameter':
      return parameterValue(step, raw);
    case 'call':
      return step.code(...step.args.map((place) => values[place] ?? null));
  }
}

function parameterValue(
  { name, type, defaultValue }: Extract<StatementParameter, { kind: 'parameter' }>,
  raw: Readonly<Record<string, string>>,
): SqlValue {
  const given = Object.hasOwn(raw, name) ? raw[name] : undefined;
  if (given === undefined) {
    if (defaultValue !== undefined) return defaultValue;
    throw new KqlError(`The query parameter '${name}' has no value and no default`);
  }
  const value = type === 'string' ? (textOfLiteral(given) ?? given) : readLiteral(given, type);
  if (value === undefined) throw new KqlError(`The query parameter '${name}' is not a valid ${type}`);
  return value;
}

function named(values: readonly SqlValue[], { names }: Plan): Record<string, SqlValue> {
  const byName: Record<string, SqlValue> = {};
  for (const [index, name] of names.entries()) byName[name] = values[index] ?? null;
  return byName;
}

function lengthOf(raw: Readonly<Record<string, string>>): number {
  let length = 0;
  for (const name in raw) length += raw[name]?.length ?? 0;
  return length;
}

function refuseRows({ cluster }: RemoteRead): never {
  throw new KqlError(`Cluster ${cluster} cannot be read here`);
}
