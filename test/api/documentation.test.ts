import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { deploymentSources } from '../../api/contract.ts';
import { deploymentIdForms } from '../../api/identifier-forms.ts';
import { introspectionPaths } from '../../api/introspection/paths.ts';
import { lookupParameters, lookupPaths } from '../../api/lookups.ts';
import { allSourceNames } from '../../api/names.ts';
import { openApiDocument } from '../../api/openapi/document.ts';
import { lookupExamples } from '../../api/openapi/examples.ts';
import { readBuildKey, readDeploymentKey, readEntitiesQuery, readPayloadKey } from '../../api/parameters.ts';
import { apiPaths } from '../../api/paths.ts';

const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const read = {
  [apiPaths.b2d[0]]: readBuildKey,
  [apiPaths.d2b[0]]: readDeploymentKey,
  [apiPaths.p2b[0]]: readPayloadKey,
  [apiPaths.entities[0]]: readEntitiesQuery,
};

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema({ $id: 'contract', ...openApiDocument('1.2.3') });

describe('docs/api.md', () => {
  it('names every path, parameter and source', () => {
    const words = [
      ...Object.values(lookupPaths).flat(),
      ...Object.values(introspectionPaths),
      ...Object.values(lookupParameters).flatMap((parameters) => parameters.map(({ name }) => name)),
      ...Object.keys(deploymentIdForms),
    ];
    expect(words.filter((word) => !text.includes(`\`${word}\``))).toEqual([]);
  });

  it('shows only requests that the API accepts', () => {
    const examples = [
      ...text.matchAll(/curl -i 'http:\/\/127\.0\.0\.1:7071(\/(?:b2d|d2b|p2b)\/[^?]+)\?([^']+)'/g),
    ];
    expect(examples.map(([, path = '', query = '']) => [path, read[path]?.(query).ok])).toEqual([
      [apiPaths.b2d[0], true],
      [apiPaths.d2b[0], true],
      [apiPaths.p2b[0], true],
      [apiPaths.entities[0], true],
    ]);
  });

  // A test of the backend compares the examples with what the demonstration data gives.
  it("shows the answers of the document's examples, and says where it shortens them", () => {
    const [b2d, d2b, entities, error, ...others] = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(
      ([, json = '']) => JSON.parse(json),
    );
    expect(others).toEqual([]);
    expect(b2d).toEqual(lookupExamples.b2d);
    expect(d2b).toEqual(lookupExamples.d2b);
    expect(entities).toEqual({
      ...lookupExamples.entities,
      Entities: lookupExamples.entities.Entities.slice(0, 1),
    });
    expect(text).toContain('Of two entities, this shows the first:');
    expect(text).toContain('Of eight deployments, this shows the first:');
    const validate = ajv.compile({ $ref: 'contract#/components/schemas/ApiError' });
    expect({ valid: validate(error), errors: validate.errors }).toEqual({ valid: true, errors: null });
  });
});

describe('every list of sources', () => {
  it.each([
    ['docs/api.md', deploymentSources],
    // In a task, people choose by the names that they see.
    ['tasks/WaitForDeploymentsV1/task.json', allSourceNames],
    ['tasks/WaitForDeploymentsGateV1/task.json', allSourceNames],
  ])('in %s is complete', (file, sources) => {
    const content = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(sources.length).toBeGreaterThan(3);
    expect(sources.filter((source) => !content.includes(`\`${source}\``))).toEqual([]);
  });
});
