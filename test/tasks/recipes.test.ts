/** Every YAML block of the recipes is one that the tasks accept. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readWaitRequest } from '../../backend/gates/wait-request.ts';
import { type CriteriaTexts, criteriaDefaults, readCriteria } from '../../wait/criteria.ts';
import { parseDuration } from '../../wait/duration.ts';
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

/** Every job with its steps; steps alone are a job with the default timeout. */
function jobsIn(value: unknown): Job[] {
  if (Array.isArray(value)) return value.flatMap(jobsIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('steps' in value && Array.isArray(value.steps)) return [value as Job];
  return Object.values(value).flatMap(jobsIn);
}

interface Job {
  readonly pool?: string;
  readonly timeoutInMinutes?: number;
  readonly steps: readonly Readonly<Record<string, unknown>>[];
}

const jobs = blocksOf('yaml').flatMap((text, index) =>
  jobsIn(parse(text)).map((job) => ({ name: `recipe ${index + 1}`, job })),
);

/** What Azure DevOps does without `timeoutInMinutes`, and where a Microsoft-hosted agent ends a job. */
const [defaultMinutes, hostedMinutes] = [60, 360];

it.each(jobs.filter(({ job }) => job.pool !== 'server' && tasksIn(job.steps).length > 0))(
  '$name waits no longer than its job and a Microsoft-hosted agent live',
  ({ job }) => {
    const minutes = job.timeoutInMinutes ?? defaultMinutes;
    expect(minutes).toBeLessThan(hostedMinutes);
    for (const { inputs } of tasksIn(job.steps)) {
      const waits = parseDuration(String(inputs.timeout ?? criteriaDefaults.timeout)) ?? Number.NaN;
      const appears = parseDuration(String(inputs.appearTimeout ?? criteriaDefaults.appearTimeout));
      expect(waits / 60_000).toBeLessThan(minutes);
      expect(appears).toBeLessThanOrEqual(waits);
    }
  },
);

it.each(jobs)('$name puts no text from elsewhere into a script', ({ job }) => {
  const scripts = job.steps.flatMap((step) =>
    ['script', 'bash', 'pwsh', 'powershell'].flatMap((kind) => (kind in step ? [String(step[kind])] : [])),
  );
  for (const script of scripts) expect(script).not.toMatch(/\$[([]|\$\{\{/);
});

it('the recipes have waits with an agent and scripts for these rules', () => {
  expect(jobs.filter(({ job }) => job.pool !== 'server' && tasksIn(job.steps).length > 0)).toHaveLength(8);
  expect(jobs.filter(({ job }) => job.steps.some((step) => 'script' in step)).length).toBeGreaterThan(1);
});
