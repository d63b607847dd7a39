/** Every YAML block of the recipes is one that the tasks accept. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readWaitRequest } from '../../backend/gates/wait-request.ts';
import { type CriteriaTexts, criteriaDefaults, readCriteria } from '../../wait/criteria.ts';
import { manifests } from '../support/tasks/manifests.ts';

const document = readFileSync('docs/wait-recipes.md', 'utf8');
const blocksOf = (language: string) =>
  [...document.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text]) => text ?? '',
  );

interface Step {
  readonly task: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Every step with a task, wherever it stands. */
function tasksIn(value: unknown): Step[] {
  if (Array.isArray(value)) return value.flatMap(tasksIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('task' in value) return [value as Step];
  return Object.values(value).flatMap(tasksIn);
}

const recipes = blocksOf('yaml').map((text, index) => ({
  name: `recipe ${index + 1}`,
  steps: tasksIn(parse(text)),
}));

it('there are ten recipes', () => {
  expect(recipes).toHaveLength(10);
});

describe.each(recipes)('$name', ({ steps }) => {
  it('uses one of the tasks', () => {
    expect(steps.length).toBeGreaterThan(0);
  });

  it.each(steps)(
    'gives $task nothing but inputs that it has, with values that it takes',
    ({ task, inputs }) => {
      const manifest = manifests.find(({ name, version }) => `${name}@${version.Major}` === task);
      if (!manifest) throw new Error(`no task ${task}`);
      const known = new Map(manifest.inputs.map((input) => [input.name, input]));
      expect(Object.keys(inputs).filter((name) => !known.has(name))).toEqual([]);
      for (const input of manifest.inputs.filter(
        ({ required, defaultValue }) => required && defaultValue === undefined,
      )) {
        expect(inputs).toHaveProperty(input.name);
      }
      for (const [name, value] of Object.entries(inputs)) {
        const options = known.get(name)?.options;
        if (options) expect(Object.keys(options)).toContain(String(value));
      }
      const texts: CriteriaTexts = Object.fromEntries(
        Object.keys(criteriaDefaults).map((field) => [
          field,
          inputs[field] === undefined ? undefined : String(inputs[field]),
        ]),
      );
      expect(readCriteria(texts).mistakes).toBeUndefined();
    },
  );
});

it('the body of the check is one that the service takes', () => {
  const [body = ''] = blocksOf('json');
  const filled = body
    .replace('$(System.CollectionUri)', 'https://dev.azure.com/contoso/')
    .replace('$(System.TeamProjectId)', 'b32aa71e-8ed2-41b2-9d77-5bc261222004')
    .replace('$(Build.BuildId)', '7');
  expect(readWaitRequest(JSON.parse(filled)).mistakes).toBeUndefined();
});

it('the outputs are those of the manifest', () => {
  const table = document.slice(document.indexOf('## Outputs'), document.indexOf('## How a wait ends'));
  const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell]) =>
    [...(cell ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  const [{ outputVariables } = { outputVariables: [] }] = manifests;
  expect(named).toEqual(outputVariables?.map(({ name }) => name));
});
