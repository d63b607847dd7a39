/**
 * Puts templates of Azure Pipelines in their places, as the platform does before a run: parameters have their values,
 * and of what stands behind a condition what holds. Only what infra/pipelines uses is known.
 */
import { isObject, type Json, type JsonObject } from '../json.ts';

/** Something in a pipeline that the platform would refuse, or that is not known here. */
export class ExpansionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpansionError';
  }
}

/** The parameters of a file by name; undefined where one has no default. */
export function parametersOf({ parameters }: JsonObject): ReadonlyMap<string, JsonObject> {
  const list = Array.isArray(parameters) ? parameters.filter(isObject) : [];
  return new Map(list.map((one) => [String(one.name), one]));
}

/** The path of a template that is named in a file. */
export function templatePath(from: string, written: Json): string {
  return new URL(String(written), `file:///${from}`).pathname.slice(1);
}

/**
 * A pipeline without templates and conditions.
 *
 * @param path its file @param files all files, parsed, by path @param given values of its own parameters
 * @throws ExpansionError
 */
export function expanded(
  path: string,
  files: ReadonlyMap<string, JsonObject>,
  given: JsonObject = {},
): JsonObject {
  const file = files.get(path);
  if (!file) throw new ExpansionError(`there is no template ${path}`);
  const values = new Map<string, Json>();
  for (const [name, { default: standard }] of parametersOf(file)) {
    const value = given[name] ?? standard;
    if (value === undefined) throw new ExpansionError(`${path} needs the parameter ${name}`);
    values.set(name, value);
  }
  const { parameters: _own, ...rest } = file;
  return inMapping(rest);

  function inMapping(mapping: JsonObject): JsonObject {
    return Object.assign(
      {},
      ...chosen(Object.entries(mapping)).map(([key, value]) =>
        isCondition(key) && isObject(value) ? inMapping(value) : { [key]: inValue(value) },
      ),
    );
  }

  function inValue(value: Json): Json {
    if (typeof value === 'string') return inText(value);
    if (Array.isArray(value)) return inList(value);
    return isObject(value) ? inMapping(value) : value;
  }

  function inList(list: readonly Json[]): Json[] {
    return list.flatMap((item: Json) => {
      if (!isObject(item)) return [inValue(item)];
      const entries = Object.entries(item);
      if (entries.length === 1 && isCondition(entries[0]?.[0] ?? ''))
        return chosen(entries).flatMap(([, inner]) => inList(Array.isArray(inner) ? inner : [inner]));
      if (item.template === undefined) return [inMapping(item)];
      const { template, parameters = {} } = item;
      const whole = expanded(templatePath(path, template), files, inValue(parameters) as JsonObject);
      return ['stages', 'jobs', 'steps'].flatMap((kind) => {
        const part = whole[kind];
        return Array.isArray(part) ? part : [];
      });
    });
  }

  function chosen(entries: readonly (readonly [string, Json])[]): (readonly [string, Json])[] {
    let last = false;
    return entries.filter(([key]) => {
      if (!isCondition(key)) return true;
      last = key.includes('{ else }') ? !last : holds(key);
      return last;
    });
  }

  /** `if parameters.name` and `if eq(parameters.name, 'value')` */
  function holds(key: string): boolean {
    const [, word, name = word, wanted = 'true'] =
      /^\$\{\{ if (?:parameters\.(\w+)|eq\(parameters\.(\w+), '([\w-]+)'\)) \}\}$/.exec(key) ?? [];
    if (name === undefined) throw new ExpansionError(`the condition ${key} is not understood`);
    return String(valueNamed(name)) === wanted;
  }

  function inText(text: string): Json {
    const [, whole] = /^\$\{\{ parameters\.(\w+) \}\}$/.exec(text) ?? [];
    if (whole !== undefined) return valueNamed(whole);
    return text.replaceAll(/\$\{\{ parameters\.(\w+) \}\}/g, (_, name: string) => String(valueNamed(name)));
  }

  function valueNamed(name: string): Json {
    const value = values.get(name);
    if (value === undefined) throw new ExpansionError(`there is no parameter ${name}`);
    return value;
  }
}

function isCondition(key: string): boolean {
  return key.startsWith('${{ ');
}

/** Values of a pipeline's parameters that matter to its form: each of a list of values, and both of a truth value. */
export function variantsOf(pipeline: JsonObject): JsonObject[] {
  const variants = [...parametersOf(pipeline)].flatMap(([name, { type, values }]) => {
    if (Array.isArray(values)) return values.map((value: Json) => ({ [name]: value }));
    return type === 'boolean' ? [{ [name]: true }, { [name]: false }] : [];
  });
  return variants.length > 0 ? variants : [{}];
}
