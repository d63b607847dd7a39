/**
 * Evaluates expressions as far as that can be done before a deployment. What Azure alone knows stays an expression, in
 * which everything else is a value already.
 */
import { isObject, type Json } from '../json.ts';
import { EvaluationError, hasResidual, Residual, templateFunctions, type Value } from './functions.ts';
import { type Expression, isExpression, parseExpression } from './parse.ts';

/** What expressions of a template can see. */
export interface Scope {
  readonly parameters: ReadonlyMap<string, Value>;
  /** Evaluates a variable. Undefined: there is none of that name. */
  variable(name: string): Value | undefined;
  /** The index of a loop by its name; '' is the innermost one. */
  readonly copies: ReadonlyMap<string, number>;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly resourceGroup: { readonly name: string; readonly location: string };
}

/** The value of JSON in a template. @throws EvaluationError, ExpressionError */
export function evaluateJson(value: Json, scope: Scope): Value {
  if (typeof value === 'string') {
    if (isExpression(value)) return evaluate(parsed(value), scope);
    return value.startsWith('[[') ? value.slice(1) : value;
  }
  if (Array.isArray(value)) return value.map((item: Json) => evaluateJson(item, scope));
  if (!isObject(value)) return value;
  const { copy, ...rest } = value;
  const entries = Object.entries(rest).map(([key, item]) => [key, evaluateJson(item, scope)]);
  if (Array.isArray(copy)) for (const loop of copy) entries.push(evaluateLoop(loop, scope));
  return Object.fromEntries(entries);
}

/** A loop over a property or a variable: its name, and the values that it gives. */
export function evaluateLoop(loop: Json, scope: Scope): [string, Value] {
  if (!isObject(loop) || typeof loop.name !== 'string')
    throw new EvaluationError('a loop has a name, a count and an input');
  const { name, count = null, input = null } = loop;
  const times = evaluateJson(count, scope);
  if (typeof times !== 'number') throw new EvaluationError(`the count of the loop ${name} is not a number`);
  return [name, Array.from({ length: times }, (_, index) => evaluateJson(input, inLoop(scope, name, index)))];
}

/** The scope inside of a loop. */
export function inLoop(scope: Scope, name: string, index: number): Scope {
  return { ...scope, copies: new Map([...scope.copies, [name, index], ['', index]]) };
}

const parsedBefore = new Map<string, Expression>();
const mostParsed = 10_000;

/** Templates are rendered for many regions: each expression is parsed once. */
function parsed(text: string): Expression {
  const known = parsedBefore.get(text);
  if (known) return known;
  if (parsedBefore.size >= mostParsed) parsedBefore.clear();
  const expression = parseExpression(text);
  parsedBefore.set(text, expression);
  return expression;
}

function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'text':
    case 'number':
      return expression.value;
    case 'call':
      return call(expression.name, expression.arguments, scope);
    case 'property':
      return member(evaluate(expression.of, scope), expression.name);
    case 'item':
      return member(evaluate(expression.of, scope), evaluate(expression.index, scope));
  }
}

function member(of: Value, key: Value): Value {
  if (of instanceof Residual || key instanceof Residual)
    return new Residual(
      typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key)
        ? `${printed(of)}.${key}`
        : `${printed(of)}[${printed(key)}]`,
    );
  const found =
    Array.isArray(of) && typeof key === 'number'
      ? of[key]
      : isObject(of) && typeof key === 'string'
        ? (of as Readonly<Record<string, Value>>)[key]
        : undefined;
  if (found === undefined)
    throw new EvaluationError(`there is no ${JSON.stringify(key)} in ${printed(of).slice(0, 80)}`);
  return found;
}

function call(name: string, given: readonly Expression[], scope: Scope): Value {
  const known = templateFunctions[name.toLowerCase()];
  if (!known) throw new EvaluationError(`there is no function ${name}`);
  const [least, most] = known.takes;
  if (given.length < least || given.length > most)
    throw new EvaluationError(`${name} does not take ${given.length} arguments`);
  // The branch that is not chosen has no value: it may name what is not there.
  if (name.toLowerCase() === 'if') return branch(given, scope);
  const values = given.map((argument) => evaluate(argument, scope));
  const residual = () => new Residual(`${name}(${values.map(printed).join(', ')})`);
  const special = inTemplate(name.toLowerCase(), values, scope);
  if (special !== undefined) return special;
  if (!known.evaluate || (!known.keepsResiduals && values.some(hasResidual))) return residual();
  const value = known.evaluate(values);
  return value instanceof Residual ? residual() : value;
}

function branch([condition, then, otherwise]: readonly Expression[], scope: Scope): Value {
  if (!condition || !then || !otherwise) throw new EvaluationError('if takes 3 arguments');
  const decided = evaluate(condition, scope);
  if (decided === true) return evaluate(then, scope);
  if (decided === false) return evaluate(otherwise, scope);
  if (!hasResidual(decided)) throw new EvaluationError('the condition of if is neither true nor false');
  return new Residual(
    `if(${[decided, evaluate(then, scope), evaluate(otherwise, scope)].map(printed).join(', ')})`,
  );
}

/** Functions whose value depends on the template, or on where it is deployed. */
function inTemplate(name: string, given: readonly Value[], scope: Scope): Value | undefined {
  const [first, ...rest] = given;
  const { subscriptionId, tenantId, resourceGroup } = scope;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup.name}`;
  switch (name) {
    case 'parameters':
      return found(scope.parameters.get(`${first}`), 'parameter', first);
    case 'variables':
      return found(scope.variable(`${first}`), 'variable', first);
    case 'copyindex':
      return copyIndex(given, scope);
    case 'resourcegroup':
      return { ...resourceGroup, id: group };
    case 'subscription':
      return { subscriptionId, tenantId, id: `/subscriptions/${subscriptionId}` };
    case 'tenant':
      return { tenantId };
    case 'environment':
      return { suffixes: { storage: 'core.windows.net', keyvaultDns: '.vault.azure.net' } };
    case 'resourceid':
      return resourceId(given, scope);
    case 'subscriptionresourceid':
      return given.some(hasResidual) ? undefined : `/subscriptions/${subscriptionId}${providerPath(given)}`;
    case 'extensionresourceid':
      return given.some(hasResidual) ? undefined : `${first}${providerPath(rest)}`;
    default:
      return undefined;
  }
}

function found(value: Value | undefined, kind: string, name: Value | undefined): Value {
  if (value === undefined) throw new EvaluationError(`there is no ${kind} ${name}`);
  return value;
}

function copyIndex(given: readonly Value[], { copies }: Scope): number {
  const name = given.find((value) => typeof value === 'string') ?? '';
  const index = copies.get(name);
  if (index === undefined)
    throw new EvaluationError(
      name === '' ? 'copyIndex is used outside of a loop' : `there is no loop ${name}`,
    );
  return index + (given.find((value) => typeof value === 'number') ?? 0);
}

/** `resourceId([subscription], [resource group], type, names…)` */
function resourceId(given: readonly Value[], { subscriptionId, resourceGroup }: Scope): Value | undefined {
  if (given.some(hasResidual)) return undefined;
  const typeAt = given.findIndex((value) => /^[A-Za-z]+\.[A-Za-z.]+\//.test(`${value}`));
  if (typeAt < 0 || typeAt > 2) throw new EvaluationError('resourceId names no type of resources');
  const group = typeAt > 0 ? given[typeAt - 1] : resourceGroup.name;
  const subscription = typeAt > 1 ? given[0] : subscriptionId;
  return `/subscriptions/${subscription}/resourceGroups/${group}${providerPath(given.slice(typeAt))}`;
}

/** `/providers/A.B/c/name/d/name` from `A.B/c/d` and two names. */
export function providerPath([type, ...names]: readonly Value[]): string {
  const [namespace, ...kinds] = `${type}`.split('/');
  const parts = names.flatMap((name) => `${name}`.split('/'));
  if (kinds.length !== parts.length)
    throw new EvaluationError(`${type} has ${kinds.length} names, and ${parts.length} are given`);
  return `/providers/${namespace}${kinds.map((kind, index) => `/${kind}/${parts[index]}`).join('')}`;
}

/** The value as an expression. */
function printed(value: Value): string {
  if (value instanceof Residual) return value.text;
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'number') return `${value}`;
  if (value === null || typeof value === 'boolean') return `${value}()`;
  if (Array.isArray(value)) return `createArray(${value.map(printed).join(', ')})`;
  const parts = Object.entries(value).flatMap(([key, item]) => [printed(key), printed(item)]);
  return `createObject(${parts.join(', ')})`;
}
