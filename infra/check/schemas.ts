/**
 * Validates rendered resources against the public schemas of ARM, where a folder with them is given: a clone of
 * Azure/azure-resource-manager-schemas. The schemas are of draft 4, of which they use what later drafts have too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { RenderedDeployment } from '../render.ts';
import type { Problem } from './problem.ts';

const base = 'https://schema.management.azure.com/schemas/';

export class ArmSchemas {
  readonly #folder: string;
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });
  readonly #loaded = new Set<string>();
  readonly #validators = new Map<string, ValidateFunction | undefined>();

  /** @param folder the folder `schemas` of the clone, or the clone */
  constructor(folder: string) {
    const inside = path.join(folder, 'schemas');
    this.#folder = readdirSync(folder).includes('schemas') ? inside : folder;
  }

  /** What the schemas say against resources. */
  check(rendered: readonly RenderedDeployment[]): Problem[] {
    return rendered.flatMap(({ name, resources }) =>
      resources.flatMap(({ type, name: resource, body, index, dependsOn }) => {
        const place = `arm/${name}.json: resources[${index}] (${resource})`;
        const validate = this.#validatorOf(type, `${body.apiVersion}`);
        if (!validate) return [{ place, message: `there is no schema of ${type} ${body.apiVersion}` }];
        const { scope: _scope, ...rest } = body;
        // Most schemas check the name of a part without what it belongs to, and some with it.
        const names = [...new Set([resource.split('/').at(-1) ?? '', resource])];
        const failures = names.map((own) =>
          validate({ ...rest, name: own, dependsOn }) ? undefined : tellingErrors(validate.errors ?? []),
        );
        if (failures.includes(undefined)) return [];
        const [fewest = []] = failures
          .filter((messages) => messages !== undefined)
          .sort((one, other) => one.length - other.length);
        return fewest.map((message) => ({ place, message }));
      }),
    );
  }

  #validatorOf(type: string, apiVersion: string): ValidateFunction | undefined {
    const key = `${type}@${apiVersion}`;
    if (!this.#validators.has(key)) this.#validators.set(key, this.#compile(type, apiVersion));
    return this.#validators.get(key);
  }

  #compile(type: string, apiVersion: string): ValidateFunction | undefined {
    const [namespace = '', ...kinds] = type.split('/');
    const kind = kinds.join('_');
    for (const file of filesIn(path.join(this.#folder, apiVersion)).filter((name) =>
      name.startsWith(namespace),
    )) {
      const schema = this.#load(`${apiVersion}/${file}`);
      for (const group of [
        'resourceDefinitions',
        'extension_resourceDefinitions',
        'unknown_resourceDefinitions',
      ]) {
        const definitions = schema[group];
        const found =
          isObject(definitions) &&
          Object.keys(definitions).find((name) => name.toLowerCase() === kind.toLowerCase());
        if (found) return this.#ajv.compile({ $ref: `${base}${apiVersion}/${file}#/${group}/${found}` });
      }
    }
    return undefined;
  }

  /** Adds a schema, and those that it refers to. */
  #load(file: string): JsonObject {
    const { id: _id, $schema: _schema, ...schema } = readSchema(path.join(this.#folder, file));
    if (this.#loaded.has(file)) return schema;
    this.#loaded.add(file);
    this.#ajv.addSchema(schema, base + file);
    for (const [, other = ''] of JSON.stringify(schema).matchAll(
      /"\$ref":"https:\/\/schema\.management\.azure\.com\/schemas\/([^"#]+)/g,
    ))
      this.#load(other);
    return schema;
  }
}

function readSchema(file: string): JsonObject {
  const schema: Json = JSON.parse(readFileSync(file, 'utf8'));
  return isObject(schema) ? (withoutClosedBases(schema) as JsonObject) : {};
}

/** Where several forms of an object share a base, the published base allows none of what the forms add. */
function withoutClosedBases(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutClosedBases);
  if (!isObject(value)) return value;
  const { allOf } = value;
  const isBase =
    Array.isArray(allOf) && allOf.some((part: Json) => isObject(part) && part.oneOf !== undefined);
  const open = isBase
    ? {
        ...value,
        allOf: allOf.map((part: Json) => (isObject(part) ? { ...part, additionalProperties: true } : part)),
      }
    : value;
  return Object.fromEntries(Object.entries(open).map(([key, item]) => [key, withoutClosedBases(item)]));
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Every property may be an expression, so one mistake gives many errors: those that say most stand deepest. */
function tellingErrors(errors: readonly ErrorObject[]): string[] {
  const own = errors.filter(
    ({ keyword, schemaPath }) =>
      keyword !== 'oneOf' && keyword !== '$ref' && !schemaPath.includes('/expression/'),
  );
  const deepest = Math.max(0, ...own.map(({ instancePath }) => instancePath.split('/').length));
  const texts = own
    .filter(({ instancePath }) => instancePath.split('/').length === deepest)
    .map(
      ({ instancePath, message, params }) =>
        `${instancePath || 'it'} ${message} ${JSON.stringify(Object.values(params)[0] ?? '')}`,
    );
  return [...new Set(texts)].slice(0, 3);
}
