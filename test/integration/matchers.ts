/** Matchers of headers and bodies: JSON schemas, which may refer to those of the OpenAPI document. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../../api/openapi/document.ts';
import type { Expectation, Matcher } from './case.ts';
import { sentenceOf } from './schema-check.ts';

/** What was answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  strictTuples: false,
  allErrors: true,
});
addFormats.default(ajv);
// Of the OpenAPI document.
ajv.addVocabulary(['components', 'example', 'discriminator']);
// Each by itself: what a matcher refers to within a schema would be compiled again for each matcher.
for (const [name, schema] of Object.entries(schemasOf(openApiDocument('0'))))
  ajv.addSchema(referringToContract(schema), `contract#/components/schemas/${name}`);

function schemasOf({ components }: Readonly<Record<string, unknown>>): Readonly<Record<string, object>> {
  return (components as { schemas: Record<string, object> }).schemas;
}

function referringToContract(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"contract#/components/'));
}

/** @throws Error where a matcher is not a JSON schema, a misspelled keyword included */
export function compileMatcher(matcher: object): ValidateFunction {
  return ajv.compile(matcher);
}

/** Characters of an answer in a message. */
const longestQuote = 400;

/** Everything in which an answer differs from what is expected. */
export function mistakesOf(answer: Answer, { status, headers = {}, body, text }: Expectation): string[] {
  // Nothing else is of interest where something else was answered.
  if (answer.status !== status)
    return [`status is ${answer.status}, expected ${status}: ${answer.text.slice(0, longestQuote)}`];
  const mistakes: string[] = [];
  for (const [name, matcher] of Object.entries(headers))
    mistakes.push(...mistakesOfHeader(name, answer.headers.get(name), matcher));
  if (text !== undefined && !new RegExp(text, 'u').test(answer.text))
    mistakes.push(`body does not match ${text}`);
  else if (body === null && answer.text !== '') mistakes.push('body must be empty');
  else if (body) mistakes.push(...mistakesOfBody(answer.text, body));
  else if (text === undefined && status >= 400 && answer.text !== '')
    mistakes.push(...mistakesOfBody(answer.text, errorOf(status)));
  return mistakes;
}

/** The shape of errors. */
function errorOf(status: number): object {
  return { $ref: 'contract#/components/schemas/ApiError', properties: { code: { const: String(status) } } };
}

function mistakesOfHeader(name: string, value: string | null, matcher: Matcher): string[] {
  if (matcher === null) return value === null ? [] : [`header ${name} must be absent`];
  if (value === null) return [`header ${name} is missing`];
  return violations(value, matcher).map((sentence) => `header ${name}: ${sentence}`);
}

function mistakesOfBody(text: string, matcher: object): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return ['body is not JSON'];
  }
  return violations(value, matcher).map((sentence) => `body: ${sentence}`);
}

function violations(value: unknown, matcher: object): string[] {
  const validate = compileMatcher(matcher);
  return validate(value) ? [] : (validate.errors ?? []).map(sentenceOf);
}
