/**
 * Lowers `scan`: rows in order are compared with the conditions of steps, and what has matched is a state that goes from
 * row to row. https://learn.microsoft.com/kusto/query/scan-operator
 *
 * Every row is compared with the steps from the last to the first. A step takes two phases, so that its condition is
 * computed once: whether it matches (1: the sequence of the step before goes on here, 2: its own does), and what follows.
 * The first step begins a sequence where it has none: in the page's example of sessions, further matches keep the number.
 */
import { required } from '../functions/function-table.ts';
import type { Syntax } from '../parse/syntax.ts';
import { defaultOf } from './calls.ts';
import { call, columnRef, literal, missing, passOn, typeOf } from './expression.ts';
import {
  findColumn,
  keepingRows,
  lowerScalar,
  newColumn,
  type Relation,
  type Scope,
  selecting,
} from './scope.ts';
import type { Expr, Output, PlanColumn, QueryPlan, StateColumn } from './tree.ts';

/** A column that steps assign, with its value before any has. */
interface Declared {
  readonly column: PlanColumn;
  readonly initial: Expr;
}

interface Step {
  readonly syntax: Syntax;
  readonly name: string;
  readonly condition: Syntax;
  readonly assignments: ReadonlyMap<string, Syntax>;
  readonly isShown: boolean;
}

/** A value of a step, such as `s1.Ts`, in the state of a step. */
interface Remembered {
  readonly step: number;
  readonly name: string;
}

export function lowerScan(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  if (!rows.serialized) return syntax.refuse('scan needs rows in order: use it after order by or serialize');
  for (const clause of ['OrderByClause', 'PartitionByClause'])
    syntax
      .optional(clause)
      ?.refuseUnsupported('order by and partition by in scan are not supported: sort the rows before');
  const declared = (syntax.optional('DeclareClause')?.parts('Declarations') ?? []).map(declaredColumn);
  const steps = syntax.parts('Steps').map(stepOf);
  for (const { assignments } of steps)
    for (const [name, expression] of assignments)
      if (!declared.some(({ column }) => column.name === name))
        expression.refuse(`The column '${name}' is not declared in this scan`);
  if (steps.length === 0) return syntax.refuse('scan needs a step');
  return new ScanPlan(syntax, rows, scope, declared, steps).relation();
}

function declaredColumn(declaration: Syntax): Declared {
  const { name, type } = declaration.part('NameAndType').part('Name');
  const written = declaration.optional('DefaultValue')?.part('Value');
  const value = written && defaultOf(written.text, type);
  if (written && value === undefined) written.refuse(`'${written.text}' is not a ${type}`);
  return {
    column: newColumn(name, type),
    initial: value === undefined ? missing(type) : literal(value, type),
  };
}

function stepOf(syntax: Syntax): Step {
  const output = syntax.optional('ScanStepOutput');
  const kind = output?.part('OutputKind').text.toLowerCase() ?? 'all';
  if (kind !== 'all' && kind !== 'none') output?.refuseUnsupported(`output=${kind} in scan is not supported`);
  syntax.optional('OptionalKeyword')?.refuseUnsupported('An optional step in scan is not supported');
  const assignments = syntax.optional('ComputationClause')?.parts('Assignments') ?? [];
  return {
    syntax,
    name: syntax.part('Name').name,
    condition: syntax.part('Condition'),
    assignments: new Map(assignments.map((one) => [one.part('Name').name, one.part('Expression')])),
    isShown: kind === 'all',
  };
}

/** SQLite has a limit to the columns of a table. */
const MOST_VALUES = 1000;

const FALSE = literal(0n, 'bool');
const TRUE = literal(1n, 'bool');
const zero = literal(0n, 'long');

class ScanPlan {
  readonly #syntax: Syntax;
  readonly #rows: Relation;
  readonly #scope: Scope;
  readonly #declared: readonly Declared[];
  readonly #steps: readonly Step[];
  readonly #match = newColumn('$match', 'long', false);
  readonly #shown = newColumn('$shown', 'bool', false);
  readonly #id: PlanColumn;
  readonly #nextId = newColumn('$next', 'long', false);
  /** Whether each step has a sequence, and its number. */
  readonly #active: readonly PlanColumn[];
  readonly #ids: readonly PlanColumn[];
  /** By the step whose state it is, then by what it is of. */
  readonly #values: ReadonlyMap<string, PlanColumn>[];
  readonly #remembered: readonly Remembered[];

  constructor(
    syntax: Syntax,
    rows: Relation,
    scope: Scope,
    declared: readonly Declared[],
    steps: readonly Step[],
  ) {
    this.#syntax = syntax;
    this.#rows = rows;
    this.#scope = scope;
    this.#declared = declared;
    this.#steps = steps;
    const name = syntax.parameter('with_match_id');
    // The binder has a column of this name where none is asked for.
    this.#id = {
      ...newColumn(name ?? 'match_id', 'long', false),
      ...(name === undefined && { isHidden: true }),
    };
    this.#active = steps.map(() => newColumn('$active', 'bool', false));
    this.#ids = steps.map(() => newColumn('$sequence', 'long', false));
    this.#remembered = this.#referenced();
    this.#values = steps.map(
      (_, state) =>
        new Map(
          this.#remembered
            .filter(({ step }) => step <= state)
            .map((one) => [keyOf(one), newColumn(one.name, this.#typeOf(one.name))]),
        ),
    );
  }

  relation(): Relation {
    const remembered = this.#values.reduce((sum, { size }) => sum + size, 0);
    if (remembered + 2 * this.#steps.length > MOST_VALUES)
      this.#syntax.refuseUnsupported(
        `A scan that keeps ${remembered} values of its steps, in each step and those behind it, is not supported: ${MOST_VALUES} are the most`,
      );
    const { plan, columns, ingestion, subtables } = this.#rows;
    const state = this.#state();
    const partition = subtables?.keys.map(columnRef) ?? [];
    const walked: QueryPlan = { kind: 'walk', input: plan, partition, phases: 2 * this.#steps.length, state };
    const shown: QueryPlan = { kind: 'filter', input: walked, condition: columnRef(this.#shown) };
    const made = this.#declared.map(({ column }) => column);
    const all = [
      ...columns.filter(({ name }) => !made.some((column) => column.name === name)),
      ...made,
      this.#id,
    ];
    const outputs = this.#syntax.columns.map(({ name }): Output => {
      const column = all.find((one) => one.name === name);
      return column ? passOn(column) : this.#syntax.refuse(`The column '${name}' does not exist here`);
    });
    return selecting(
      { ...keepingRows(this.#rows, shown, all), ...(ingestion && { ingestion: undefined }) },
      outputs,
    );
  }

  #typeOf(name: string) {
    const column =
      this.#declared.find((one) => one.column.name === name)?.column ?? findColumn(this.#rows, name);
    return column?.type ?? this.#syntax.refuse(`The column '${name}' does not exist here`);
  }

  #initialOf(name: string): Expr {
    return this.#declared.find((one) => one.column.name === name)?.initial ?? missing(this.#typeOf(name));
  }

  /** The values of steps that conditions and assignments read. */
  #referenced(): Remembered[] {
    const found = new Map<string, Remembered>();
    const visit = (syntax: Syntax, reader: number): void => {
      if (syntax.kind === 'PathExpression') {
        const step = this.#steps.findIndex(({ name }) => name === syntax.part('Expression').name);
        if (step >= 0) {
          if (step > reader) syntax.refuse(`'${syntax.text}' is of a later step, which has no value here`);
          const one = { step, name: syntax.part('Selector').name };
          found.set(keyOf(one), one);
          return;
        }
      }
      for (const part of syntax.children) visit(part, reader);
    };
    this.#steps.forEach(({ condition, assignments }, index) => {
      visit(condition, index);
      for (const expression of assignments.values()) visit(expression, index);
    });
    return [...found.values()];
  }

  #state(): StateColumn[] {
    const last = this.#steps.length - 1;
    const phase = (step: number): number => 2 * (last - step);
    const each = (next: (step: number) => Expr | undefined, offset: 0 | 1): StateColumn['next'] =>
      this.#steps.flatMap((_, step) => {
        const expr = next(step);
        return expr ? [{ phase: phase(step) + offset, expr }] : [];
      });
    const matches = (of: 1n | 2n): Expr => this.#call('==', columnRef(this.#match), literal(of, 'long'));
    const matched = this.#call('>', columnRef(this.#match), zero);
    /** What becomes of a column when the step takes over the sequence before it, and when it goes on. */
    const either = (first: Expr, second: Expr, none: Expr): Expr =>
      this.#choice([matches(1n), first, matches(2n), second, none]);

    const columns: StateColumn[] = [
      { column: this.#match, initial: zero, next: each((step) => this.#matchOf(step), 0), keeps: true },
      {
        column: this.#shown,
        initial: FALSE,
        next: each((step) => (this.#steps[step]?.isShown ? matched : undefined), 1),
        keeps: false,
      },
      {
        column: this.#nextId,
        initial: zero,
        next: each(
          (step) =>
            step === 0
              ? this.#choice([this.#isNew(), this.#plusOne(this.#nextId), columnRef(this.#nextId)])
              : undefined,
          1,
        ),
        keeps: true,
      },
      {
        column: this.#id,
        initial: zero,
        next: each((step) => either(this.#idBefore(step), this.#ownId(step), zero), 1),
        keeps: false,
      },
      ...this.#declared.map(
        ({ column, initial }): StateColumn => ({
          column,
          initial,
          next: each(
            (step) =>
              either(this.#assigned(column.name, step, 1), this.#assigned(column.name, step, 2), initial),
            1,
          ),
          keeps: false,
        }),
      ),
    ];
    this.#steps.forEach((_, own) => {
      const active = columnRef(at(this.#active, own));
      const id = columnRef(at(this.#ids, own));
      // A sequence comes from the step before, goes on, or leaves for the step behind.
      const changes = (here: (mode: 1 | 2) => Expr, gone: Expr, kept: Expr): StateColumn['next'] => [
        { phase: phase(own) + 1, expr: either(here(1), here(2), kept) },
        ...(own < last ? [{ phase: phase(own + 1) + 1, expr: this.#choice([matches(1n), gone, kept]) }] : []),
      ];
      columns.push(
        {
          column: at(this.#active, own),
          initial: FALSE,
          next: changes(() => TRUE, FALSE, active),
          keeps: true,
        },
        {
          column: at(this.#ids, own),
          initial: zero,
          next: changes((mode) => (mode === 1 ? this.#idBefore(own) : this.#ownId(own)), zero, id),
          keeps: true,
        },
      );
      for (const [key, column] of this.#values[own] ?? []) {
        const of = this.#remembered.find((one) => keyOf(one) === key);
        if (!of) continue;
        const initial = this.#initialOf(of.name);
        const here = (mode: 1 | 2): Expr => {
          if (of.step === own) return this.#assigned(of.name, own, mode);
          return columnRef((mode === 1 ? this.#values[own - 1]?.get(key) : undefined) ?? column);
        };
        columns.push({ column, initial, next: changes(here, initial, columnRef(column)), keeps: true });
      }
    });
    return columns;
  }

  /** 1 where the row takes over the sequence of the step before, 2 where it goes on with the step's own. */
  #matchOf(step: number): Expr {
    const { condition } = this.#steps[step] ?? { condition: this.#syntax };
    const goesOn = this.#lowered(condition, step, 2);
    const own = step === 0 ? goesOn : this.#call('and', columnRef(at(this.#active, step)), goesOn);
    const second = this.#choice([own, literal(2n, 'long'), zero]);
    if (step === 0) return second;
    const before = columnRef(at(this.#active, step - 1));
    const takesOver = this.#call('and', before, this.#lowered(condition, step, 1));
    return this.#choice([takesOver, literal(1n, 'long'), second]);
  }

  /** Whether the first step begins a sequence. */
  #isNew(): Expr {
    const idle = call(required('not'), [columnRef(at(this.#active, 0))], 'bool', this.#syntax);
    return this.#call('and', this.#call('>', columnRef(this.#match), zero), idle);
  }

  /** The number of the sequence of the step before; the first has none before it. */
  #idBefore(step: number): Expr {
    return step === 0 ? zero : columnRef(at(this.#ids, step - 1));
  }

  #ownId(step: number): Expr {
    const id = columnRef(at(this.#ids, step));
    return step === 0 ? this.#choice([this.#isNew(), columnRef(this.#nextId), id]) : id;
  }

  /** The value of a column in the row that matches a step: what the step assigns, else that of the row or the default. */
  #assigned(name: string, step: number, mode: 1 | 2): Expr {
    const expression = this.#steps[step]?.assignments.get(name);
    if (!expression) {
      const column = this.#declared.some((one) => one.column.name === name)
        ? undefined
        : findColumn(this.#rows, name);
      return column ? columnRef(column) : this.#initialOf(name);
    }
    const expr = this.#lowered(expression, step, mode);
    const type = this.#typeOf(name);
    if (typeOf(expr) !== type)
      expression.refuse(`A ${typeOf(expr)} does not fit column '${name}' of type ${type}`);
    return expr;
  }

  /** An expression of a step, which reads the state of the step before, with nothing of its own, or the step's own. */
  #lowered(expression: Syntax, step: number, mode: 1 | 2): Expr {
    const state = mode === 1 ? step - 1 : step;
    const stepValue = (name: string, column: string): Expr | undefined => {
      const of = this.#steps.findIndex((one) => one.name === name);
      if (of < 0) return undefined;
      const value = this.#values[state]?.get(keyOf({ step: of, name: column }));
      return value ? columnRef(value) : this.#initialOf(column);
    };
    return lowerScalar(expression, { ...this.#scope, rows: this.#rows, stepValue });
  }

  #call(token: string, ...args: readonly Expr[]): Expr {
    return call(required(token), args, 'bool', this.#syntax);
  }

  #choice(args: readonly Expr[]): Expr {
    const value = args[1] ?? zero;
    return call(required('case'), args, typeOf(value), this.#syntax);
  }

  #plusOne(column: PlanColumn): Expr {
    return call(required('+'), [columnRef(column), literal(1n, 'long')], 'long', this.#syntax);
  }
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`A scan has no step ${index}`);
  return found;
}

function keyOf({ step, name }: Remembered): string {
  return `${step} ${name}`;
}
