/**
 * Whether a contract still keeps what an earlier one promised. Clients of a version rely on its operations, on what a
 * request may hold and on what an answer holds; more may be added to each, nothing may be taken away.
 */

/** An OpenAPI document, as far as it is compared. */
export interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses: Readonly<Record<string, Response>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Response {
  readonly headers?: Readonly<Record<string, { readonly schema: Schema }>>;
  readonly content?: Content;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

/** The keywords that the contract uses; of any other, a change counts as incompatible. */
interface Schema {
  readonly [keyword: string]: unknown;
}

/** Who writes a value: what a request may hold must not shrink, what an answer holds must not change. */
type Side = 'request' | 'response';

/** Keywords that say nothing about which values are valid. */
const annotations = new Set(['$id', 'title', 'description', 'example', 'examples', 'default', 'deprecated']);

/** Every way in which `current` breaks a client that was written for `earlier`; none if it keeps all of it. */
export function incompatibleChanges(earlier: Contract, current: Contract): string[] {
  return Object.entries(earlier.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) => {
      const place = `${method.toUpperCase()} ${path}`;
      const now = current.paths[path]?.[method];
      if (!now) return [`${place} is gone`];
      return new Comparison(earlier, current).operation(place, operation, now);
    }),
  );
}

class Comparison {
  readonly #earlier: Contract;
  readonly #current: Contract;
  /** Schemas refer to each other, perhaps in a circle: each pair is compared once. */
  readonly #compared = new Set<string>();

  constructor(earlier: Contract, current: Contract) {
    this.#earlier = earlier;
    this.#current = current;
  }

  operation(place: string, before: Operation, now: Operation): string[] {
    return [
      ...this.#parameters(place, before.parameters ?? [], now.parameters ?? []),
      ...this.#content(`${place}: body`, 'request', before.requestBody?.content, now.requestBody?.content),
      ...Object.entries(before.responses).flatMap(([status, response]) =>
        this.#response(`${place}: ${status}`, response, now.responses[status]),
      ),
    ];
  }

  #parameters(place: string, before: readonly Parameter[], now: readonly Parameter[]): string[] {
    const keyOf = ({ in: where, name }: Parameter): string => `${where}/${name.toLowerCase()}`;
    const known = new Map(before.map((parameter) => [keyOf(parameter), parameter]));
    const left = new Set(now.map(keyOf));
    const gone = before.filter((parameter) => !left.has(keyOf(parameter)));
    return [
      ...gone.map(({ name }) => `${place}: parameter ${name} is gone`),
      ...now.flatMap((parameter) => {
        const at = `${place}: parameter ${parameter.name}`;
        const old = known.get(keyOf(parameter));
        const isNewlyRequired = parameter.required === true && old?.required !== true;
        return [
          ...(isNewlyRequired ? [`${at} is required now`] : []),
          ...(old ? this.#schema(at, 'request', old.schema, parameter.schema) : []),
        ];
      }),
    ];
  }

  #response(place: string, before: Response, now: Response | undefined): string[] {
    if (!now) return [`${place} is gone`];
    return [
      ...this.#content(place, 'response', before.content, now.content),
      ...Object.entries(before.headers ?? {}).flatMap(([name, { schema }]) => {
        const header = now.headers?.[name];
        if (!header) return [`${place}: header ${name} is gone`];
        return this.#schema(`${place}: header ${name}`, 'response', schema, header.schema);
      }),
    ];
  }

  #content(place: string, side: Side, before: Content = {}, now: Content = {}): string[] {
    return Object.entries(before).flatMap(([type, { schema }]) => {
      const media = now[type];
      return media ? this.#schema(place, side, schema, media.schema) : [`${place}: ${type} is gone`];
    });
  }

  #schema(place: string, side: Side, before: Schema, now: Schema): string[] {
    const pair = JSON.stringify([side, before, now]);
    if (this.#compared.has(pair)) return [];
    if (typeof before.$ref === 'string') this.#compared.add(pair);
    const old = resolve(this.#earlier, before);
    const fresh = resolve(this.#current, now);
    const keywords = new Set([...Object.keys(old), ...Object.keys(fresh)]);
    return [...keywords].flatMap((keyword) => this.#keyword(place, side, keyword, old, fresh));
  }

  #keyword(place: string, side: Side, keyword: string, before: Schema, now: Schema): string[] {
    if (annotations.has(keyword)) return [];
    const [was, is] = [before[keyword], now[keyword]];
    switch (keyword) {
      case 'properties':
        return this.#properties(place, side, was, is);
      case 'required':
        return requiredChanges(place, side, namesOf(was), namesOf(is));
      case 'items':
        if (isSchema(was) && isSchema(is)) return this.#schema(`${place}[]`, side, was, is);
        break;
    }
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    if (side === 'request' && isWidened(keyword, was, is)) return [];
    return [`${place}: ${keyword} was ${JSON.stringify(was)} and is ${JSON.stringify(is)}`];
  }

  #properties(place: string, side: Side, was: unknown, is: unknown): string[] {
    const now = isSchema(is) ? is : {};
    return Object.entries(isSchema(was) ? was : {}).flatMap(([name, schema]) => {
      const at = `${place}.${name}`;
      const property = now[name];
      if (!isSchema(property)) return [`${at} is gone`];
      return isSchema(schema) ? this.#schema(at, side, schema, property) : [];
    });
  }
}

/** A field may not be demanded anew of whoever sends it, nor become optional for whoever reads it. */
function requiredChanges(place: string, side: Side, was: readonly string[], is: readonly string[]): string[] {
  const [few, many, problem] =
    side === 'request' ? [was, is, 'is required now'] : [is, was, 'may be missing now'];
  return many.filter((name) => !few.includes(name)).map((name) => `${place}.${name} ${problem}`);
}

/** Whether every value that was valid still is. */
function isWidened(keyword: string, was: unknown, is: unknown): boolean {
  if (is === undefined) return true;
  if (was === undefined) return false;
  switch (keyword) {
    case 'minLength':
    case 'minimum':
    case 'minItems':
      return Number(is) <= Number(was);
    case 'maxLength':
    case 'maximum':
    case 'maxItems':
      return Number(is) >= Number(was);
    case 'enum':
    case 'type':
      return namesOf(was).every((word) => namesOf(is).includes(word));
    default:
      return false;
  }
}

function namesOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function resolve({ components }: Contract, schema: Schema): Schema {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(String(schema.$ref))?.[1];
  return (name !== undefined && components.schemas[name]) || schema;
}
