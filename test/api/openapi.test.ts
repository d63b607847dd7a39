import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { deploymentSources } from '../../api/contract.ts';
import { WaitCriteriaSchema } from '../../api/gates.ts';
import { lookupPaths } from '../../api/lookups.ts';
import { openApiDocument, operations } from '../../api/openapi/document.ts';
import { deploymentStates } from '../../api/states.ts';
import { criteriaDefaults } from '../../wait/criteria.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description: string;
}
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}
/** By media type. */
type Content = Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>>;
interface Document {
  readonly info: { readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const document = openApiDocument('1.2.3') as unknown as Document;
const listed = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })),
);

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema({ $id: 'contract', ...document });
/** A validator of `schema` with references into the document. */
const validatorOf = (schema: object) =>
  ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"contract#/')));

describe('the OpenAPI document', () => {
  it('has names of its own for all operations', () => {
    const ids = listed.map(({ operationId }) => operationId);
    expect(ids).toHaveLength(operations.length);
    expect(ids.length).toBeGreaterThan(Object.values(lookupPaths).flat().length);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refers only to what is in it, and has nothing to which it does not refer', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target);
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(references.length).toBeGreaterThan(10);
    expect([...new Set(references)].sort()).toEqual(known.sort());
    expect(text).not.toContain('"$id"');
  });

  // The rules of the usual linters that mattered here: redocly's recommended-strict and spectral's oas.
  it.each(listed)('describes $method $path in full', ({ path, tags, summary, description, ...operation }) => {
    expect([summary, description].filter((text) => !text)).toEqual([]);
    expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining([...tags]));
    const statuses = Object.keys(operation.responses);
    expect(statuses.some((status) => /^2/.test(status))).toBe(true);
    expect(statuses.some((status) => /^4/.test(status))).toBe(true);
    expect(Object.values(operation.responses).filter((response) => !response.description)).toEqual([]);
    const parameters = operation.parameters ?? [];
    expect(parameters.filter((parameter) => !parameter.description)).toEqual([]);
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
    expect(path.match(/\{\w+\}/g) ?? []).toEqual(inPath);
  });

  it.each(listed)('shows what $method $path takes and gives', ({ requestBody, responses }) => {
    const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)];
    const examples = contents
      .flatMap((content) => Object.values(content ?? {}))
      .filter(({ example }) => example !== undefined);
    const invalid = examples.filter(({ schema, example }) => !validatorOf(schema)(example));
    expect(invalid).toEqual([]);
    const answers = Object.entries(responses).filter(([status, { content }]) => /^2/.test(status) && content);
    const json = answers.map(([status, { content }]) => [status, content?.['application/json']?.example]);
    expect(json.filter(([, example]) => example === undefined)).toEqual([]);
  });

  it('has one shape for every answer that is not found', () => {
    const answers = listed.flatMap(({ responses }) => responses['404']?.content?.['application/json'] ?? []);
    const settingsChanges = 2;
    expect(answers).toHaveLength(Object.values(lookupPaths).flat().length + settingsChanges);
    for (const { schema, example } of answers) {
      expect(schema).toEqual({ $ref: '#/components/schemas/ApiError' });
      expect(example).toEqual({
        code: '404',
        message: expect.any(String),
        details: [{ target: expect.any(String), message: expect.any(String) }],
        traceId: expect.any(String),
      });
    }
  });

  it('describes every group', () => {
    expect(document.tags.filter(({ description }) => !description)).toEqual([]);
    expect(document.tags.map(({ name }) => name)).toEqual([
      'b2d',
      'd2b',
      'p2b',
      'introspection',
      'gates',
      'hooks',
      'health',
    ]);
  });

  it('names the version that it is given, and every source of deployments', () => {
    expect(document.info.version).toBe('1.2.3');
    for (const source of deploymentSources) expect(document.info.description).toContain(source);
  });

  it('keeps the description of a field that may be null, and lists our words for states', () => {
    const { properties } = document.components.schemas.Deployment as {
      readonly properties: Readonly<Record<string, object>>;
    };
    expect(properties.EndTime).toMatchObject({
      type: ['string', 'null'],
      format: 'date-time',
      description: expect.stringContaining('null while it runs'),
    });
    expect(properties.State).toMatchObject({ type: 'string', examples: [...deploymentStates] });
  });

  it('declares how callers prove who they are, and that none has to yet', () => {
    expect(document).toMatchObject({
      security: [{}, { bearerToken: [] }],
      components: { securitySchemes: { bearerToken: { type: 'http', scheme: 'bearer' } } },
    });
  });

  it('has only what a host serves', () => {
    const health = openApiDocument('1.2.3', ({ tag }) => tag === 'health') as unknown as Document;
    expect(Object.keys(health.paths)).toEqual(['/health/live', '/health/ready']);
    expect(health.tags.map(({ name }) => name)).toEqual(['health']);
    expect(Object.keys(health.components.schemas)).toEqual(['ApiError']);
  });

  it('has the criteria of a wait, with their defaults', () => {
    const defaults = Object.entries(WaitCriteriaSchema.properties).map(([name, schema]) => [
      name,
      (schema as { readonly default?: unknown }).default,
    ]);
    expect(Object.fromEntries(defaults)).toEqual(criteriaDefaults);
  });
});
