/** Checks files against JSON schemas, so that a misspelled field is refused instead of being ignored. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** A file is wrong; the message names it, and the place in it. */
export class FileError extends Error {
  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`);
    this.name = 'FileError';
  }
}

/**
 * The value of a JSON file that a schema describes.
 *
 * @param text its text
 * @throws FileError that names every mistake
 */
export function checked<T>(file: string, text: string, schema: URL): T {
  const value = parsed(file, text);
  const validate = (validators.get(schema.href) as ValidateFunction<T> | undefined) ?? compiled<T>(schema);
  if (validate(value)) return value;
  throw new FileError(file, (validate.errors ?? []).map(sentenceOf).join('; '));
}

const validators = new Map<string, ValidateFunction>();

function compiled<T>(schema: URL): ValidateFunction<T> {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile<T>(JSON.parse(readFileSync(schema, 'utf8')));
  validators.set(schema.href, validate);
  return validate;
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileError(file, `is not JSON: ${Object(error).message}`);
  }
}

/** What is wrong, and where. */
export function sentenceOf({ instancePath, keyword, params, message }: ErrorObject): string {
  const place = instancePath === '' ? 'the top' : instancePath;
  if (keyword === 'additionalProperties')
    return `${place} has an unknown field "${params.additionalProperty}"`;
  if (keyword === 'enum') return `${place} must be one of ${params.allowedValues.join(', ')}`;
  if (keyword === 'const') return `${place} must be ${JSON.stringify(params.allowedValue)}`;
  return `${place} ${message}`;
}
