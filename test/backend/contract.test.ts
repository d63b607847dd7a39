import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { lookupExamples } from '../../api/openapi/examples.ts';
import type { OpenApiObject } from '../../api/openapi/operation.ts';
import { apiParameters } from '../../api/parameters.ts';
import { apiPaths, buildLookupNames } from '../../api/paths.ts';
import { demoBuilds } from '../../kusto/demo/builds.ts';
import { sampleBuild } from '../../kusto/demo/specification-sample.ts';
import { startTestBackend, type TestBackend } from '../support/backend.ts';

/** The part of the document that says which answers are allowed. */
interface Contract {
  readonly paths: Readonly<
    Record<string, { readonly get: { readonly responses: Readonly<Record<string, Answer>> } }>
  >;
}
interface Answer {
  readonly content?: {
    readonly 'application/json': { readonly schema: OpenApiObject; readonly example?: object };
  };
}

let backend: TestBackend;
let contract: Contract;
let schemaOf: (reference: OpenApiObject) => ValidateFunction;

beforeAll(async () => {
  backend = await startTestBackend();
  const response = await fetch(`${backend.url}/openapi.json`);
  const document = (await response.json()) as OpenApiObject & Contract;
  contract = document;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'contract', ...document });
  schemaOf = ({ $ref }) => ajv.compile({ $ref: `contract${$ref}` });
});

afterAll(() => backend.close());

/** Asks, and fails unless the answer is one that the document allows for this path. */
async function expectAllowedAnswer(path: string, query: string): Promise<number> {
  const response = await fetch(`${backend.url}${path}?${query}`);
  const body = await response.text();
  const allowed = contract.paths[path]?.get.responses[response.status];
  expect(allowed).toBeDefined();
  expect(response.status).not.toBe(500);
  if (!allowed?.content) expect(body).toBe('');
  else {
    const validate = schemaOf(allowed.content['application/json'].schema);
    expect({ valid: validate(JSON.parse(body)), errors: validate.errors }).toEqual({
      valid: true,
      errors: null,
    });
  }
  return response.status;
}

const rollout = fc.uuid();
/** Values near the forms that the parameters have, so that requests also get past the checks. */
const nearlyRight: Readonly<Record<string, fc.Arbitrary<string>>> = {
  adoOrganizationName: fc.oneof(fc.constant('msazure'), fc.stringMatching(/^[a-zA-Z0-9-]{1,20}$/)),
  adoProjectId: fc.oneof(fc.constant('b32aa71e-8ed2-41b2-9d77-5bc261222004'), fc.uuid()),
  adoBuildId: fc.oneof(
    fc.constantFrom(...demoBuilds.map(({ id }) => String(id))),
    fc.integer({ min: -1, max: 2 ** 32 }).map(String),
  ),
  deploymentSource: fc.constantFrom('expressv2', 'AzDeployer', 'pilotfish', 'azurepipelines', 'argo'),
  deploymentId: fc.oneof(
    fc.tuple(fc.string(), rollout).map(([group, id]) => `${group}/${id}`),
    fc.nat().map(String),
    fc.string({ unit: 'grapheme' }),
  ),
  state: fc.constantFrom('failed', 'Failed,inProgress', 'done', ','),
  type: fc.constantFrom('Region', 'cluster', "'", '\u0000'),
  top: fc.oneof(fc.constantFrom('1', '5000'), fc.integer({ min: -1, max: 6_000 }).map(String)),
  continuationToken: fc.stringMatching(/^[A-Za-z0-9_-]{0,60}$/),
  payload: fc.oneof(
    fc
      .tuple(fc.uuid(), fc.string(), fc.string())
      .map(([tree, group, number]) => `${tree}/${group}=${number}`),
    fc.array(fc.string(), { minLength: 2, maxLength: 4 }).map((parts) => parts.join(';')),
    fc.string({ unit: 'grapheme' }),
  ),
};

const anyValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('%FF', '%00', "'", '" or 1==1', '\u2028'),
);

describe.each(buildLookupNames)('any request to %s', (api) => {
  const pairs = apiParameters[api].map(({ name }) =>
    fc.oneof(
      {
        weight: 8,
        arbitrary: (nearlyRight[name] ?? anyValue).map((value) => `${name}=${encodeURIComponent(value)}`),
      },
      {
        weight: 1,
        arbitrary: anyValue.map((value) => `${name}=${encodeURIComponent(value.toWellFormed())}`),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(`${name}=%C3%28`, `${name}=`, name, '', `${name}=1&${name}=2`),
      },
    ),
  );
  const request = fc.tuple(
    fc.constantFrom(...apiPaths[api]),
    fc.tuple(...pairs).map((parts) => parts.join('&')),
  );

  it('gets an answer that the document allows', async () => {
    await fc.assert(
      fc.asyncProperty(request, async ([path, query]) => {
        await expectAllowedAnswer(path, query);
      }),
      { numRuns: 150 },
    );
  });
});

describe.each(buildLookupNames)("the document's examples of %s", (api) => {
  const ask = async (values: Readonly<Record<string, unknown>>) => {
    const query = new URLSearchParams(values as Record<string, string>);
    return (await (await fetch(`${backend.url}${apiPaths[api][0]}?${query}`)).json()) as object;
  };

  it('are what the demonstration data gives', async () => {
    const examples = apiParameters[api].flatMap(({ name, example }) =>
      example === undefined ? [] : [[name, example]],
    );
    expect(firstDeployments(await ask(Object.fromEntries(examples)))).toEqual(lookupExamples[api]);
  });

  it('are what is answered where nothing is found', async () => {
    const unknown = {
      b2d: { adoOrganizationName: 'msazure', adoProjectId: sampleBuild.project, adoBuildId: 1 },
      d2b: { deploymentSource: 'azdeployer', deploymentId: 1 },
      p2b: { deploymentSource: 'pilotfish', payload: 'web=1' },
      entities: { deploymentSource: 'azdeployer', deploymentId: 1 },
    };
    const example =
      contract.paths[apiPaths[api][0]]?.get.responses['404']?.content?.['application/json'].example;
    expect(await ask(unknown[api])).toEqual({ ...example, traceId: expect.any(String) });
  });
});

/** Examples have the first of many deployments. */
function firstDeployments(answer: object): object {
  return 'Deployments' in answer && Array.isArray(answer.Deployments)
    ? { ...answer, Deployments: answer.Deployments.slice(0, 1) }
    : answer;
}

describe('every build of the demonstration data', () => {
  it('gets an answer that the document allows, and most are found', async () => {
    const statuses: number[] = [];
    for (const { organization, project, id } of demoBuilds) {
      const query = new URLSearchParams({
        adoOrganizationName: organization,
        adoProjectId: project,
        adoBuildId: String(id),
      });
      statuses.push(await expectAllowedAnswer(apiPaths.b2d[0], String(query)));
    }
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(demoBuilds.length / 2);
  });
});
