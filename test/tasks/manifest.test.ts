/** What no compiler sees: manifests that Azure DevOps takes, and that say what the code does. */
import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { readWaitBody } from '../../backend/gates/wait-request.ts';
import { outputNames } from '../../tasks/WaitForDeploymentsV1/outputs.ts';
import {
  criteriaDefaults,
  failureReactions,
  requirements,
  timeoutReactions,
  waitGoals,
} from '../../wait/criteria.ts';
import { manifests, readManifest } from '../support/tasks/manifests.ts';
import { bodyOfServerTask } from '../support/tasks/server-task.ts';
import { publishedRules } from '../support/tasks/task-schema.ts';

const [task, gate] = [readManifest('WaitForDeploymentsV1'), readManifest('WaitForDeploymentsGateV1')];

describe.each(manifests)('the manifest of $name', (manifest) => {
  it('keeps the rules of the published schema', () => {
    const ajv = new Ajv({ allErrors: true, strict: false });
    const validate = ajv.compile(publishedRules);
    validate(manifest);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('puts inputs into groups that exist, and names inputs that exist', () => {
    const groups = manifest.groups.map(({ name }) => name);
    const inputs = manifest.inputs.map(({ name }) => name);
    expect(new Set(inputs).size).toBe(inputs.length);
    for (const { groupName } of manifest.inputs) if (groupName) expect(groups).toContain(groupName);
    for (const [, input] of manifest.instanceNameFormat.matchAll(/\$\((\w+)\)/g))
      expect(inputs).toContain(input);
  });

  it('has the defaults and the choices of the code', () => {
    const choices = {
      waitFor: waitGoals,
      require: requirements,
      onFailure: failureReactions,
      onTimeout: timeoutReactions,
    };
    for (const [field, value] of Object.entries(criteriaDefaults)) {
      const input = manifest.inputs.find(({ name }) => name === field);
      if (manifest.name === 'WaitForDeploymentsGate' && field === 'pollInterval') {
        expect(input).toBeUndefined();
        continue;
      }
      expect(input?.defaultValue).toBe(value);
    }
    for (const [field, words] of Object.entries(choices)) {
      const input = manifest.inputs.find(({ name }) => name === field);
      expect(Object.keys(input?.options ?? {})).toEqual([...words]);
    }
  });

  it('names the service connection type that the extension contributes', () => {
    const extension = JSON.parse(readFileSync('tasks/extension.json', 'utf8'));
    const types = extension.contributions
      .filter(({ type }: { type: string }) => type === 'ms.vss-endpoint.service-endpoint-type')
      .map(({ properties }: { properties: { name: string } }) => `connectedService:${properties.name}`);
    expect(types).toEqual(
      manifest.inputs.filter(({ type }) => type.startsWith('connected')).map(({ type }) => type),
    );
  });
});

describe('the task', () => {
  it('reads every input that its manifest has, and no other', () => {
    const folder = 'tasks/WaitForDeploymentsV1';
    const read = readFileSync(`${folder}/inputs.ts`, 'utf8');
    const inCode = [...read.matchAll(/agent\.input\('(\w+)'\)|const field = '(\w+)'/g)].map(
      ([, a, b]) => a ?? b,
    );
    const inManifest = task.inputs.map(({ name }) => name);
    expect([...new Set([...inCode, ...Object.keys(criteriaDefaults)])].sort()).toEqual(
      [...inManifest].sort(),
    );
  });

  it('sets the outputs of its manifest, and may set them', () => {
    const declared = task.outputVariables?.map(({ name }) => name);
    expect(declared).toEqual([...outputNames]);
    expect(task.restrictions?.settableVariables.allowed).toEqual([...outputNames]);
  });

  it('runs on Node 20 and 24, with the agent that first had the older of them', () => {
    expect(task.execution).toEqual({ Node20_1: { target: 'index.js' }, Node24: { target: 'index.js' } });
    expect(task.minimumAgentVersion).toBe('4.248.0');
    expect(task.runsOn).toEqual(['Agent']);
  });

  it('has an icon', () => {
    for (const folder of ['WaitForDeploymentsV1', 'WaitForDeploymentsGateV1']) {
      expect(existsSync(`tasks/${folder}/icon.png`)).toBe(true);
    }
  });
});

describe('the agentless task', () => {
  const { Execute, Cancel } = gate.execution.HttpRequest as Record<string, Record<string, string>>;

  const build = { organization: 'contoso', project: 'b32aa71e-8ed2-41b2-9d77-5bc261222004', buildId: '7' };
  const taskId = '2f1b3b62-4b6c-4f0c-8f0e-4d0f8b5f7a10';
  const read = (inputs: Readonly<Record<string, string>>, variables: Readonly<Record<string, string>> = {}) =>
    readWaitBody(
      bodyOfServerTask({
        inputs: { ...build, ...inputs },
        variables: { 'system.TaskInstanceId': taskId, ...variables },
      }),
    );

  it('sends a body that the service takes, made of inputs that it has', () => {
    expect(read({}).mistakes).toBeUndefined();
    const inBody = [...(Execute?.Body ?? '').matchAll(/\$\((\w+)\)/g)].map(([, input]) => input);
    const others = ['serviceConnection', 'waitForCompletion'];
    expect([...inBody, ...others].sort()).toEqual(gate.inputs.map((input) => input.name).sort());
  });

  it.each([
    ['a line break', 'StoreFront/*\n!*canary*'],
    ['line breaks of Windows', 'StoreFront/*\r\n!*canary*\r\n'],
    ['a quote', 'Store"Front/*, "'],
    ['backslashes that would be a form feed and a quote in JSON', '*\\folder*, *\\'],
    ['all that JSON escapes', '{"build": {}}, \\u0041, \t/\u0001'],
    [
      'lines that look like another form',
      '--\n--x\nContent-Disposition: form-data; name="require"\n\nany\n--x--',
    ],
    ['letters of every kind', 'Übergang/*, 東京/*, 🚀*'],
    ['a percent sign and a plus', '100%+*, %0A*'],
  ])('sends a filter with %s as it was written', (_, deployments) => {
    const patterns = deployments.split(/[\n,]/).map((pattern) => pattern.trim());
    const { value } = read({ deployments, payloads: deployments });
    expect(value?.criteria).toMatchObject({
      require: 'all',
      deployments: patterns.filter((pattern) => pattern !== ''),
      payloads: patterns.filter((pattern) => pattern !== ''),
    });
  });

  it.each([
    ['a field of its own', '\nContent-Disposition: form-data; name="require"\n\nany'],
    ['the end of the form', '--\n'],
    ['another text', 'x'],
  ])('is refused when an input knows the boundary and adds %s', (_, added) => {
    const hostile = `*\n--$(system.TaskInstanceId)${added}`;
    expect(read({ deployments: '$(message)' }, { message: hostile }).mistakes).toEqual([
      expect.objectContaining({ target: 'body' }),
    ]);
  });

  it('sends the headers that the service reads, and is canceled at the address of its wait', () => {
    expect(Object.keys(JSON.parse(Execute?.Headers ?? ''))).toEqual([
      'Content-Type',
      'PlanUrl',
      'ProjectId',
      'HubName',
      'PlanId',
      'JobId',
      'TimelineId',
      'TaskInstanceId',
      'AuthToken',
    ]);
    expect(JSON.parse(Cancel?.Headers ?? '')).toMatchObject({ AuthToken: '$(system.AccessToken)' });
    expect(Cancel?.Method).toBe('DELETE');
    expect(Cancel?.EndpointUrl).toMatch(
      /\/gates\/v1\/waits\/\$\(system\.PlanId\)\/\$\(system\.JobId\)\/\$\(system\.TaskInstanceId\)$/,
    );
  });

  it('runs without an agent', () => {
    expect(gate.runsOn).toEqual(['Server', 'ServerGate']);
    expect(gate.minimumAgentVersion).toBeUndefined();
  });
});

it('no two tasks have one id', () => {
  expect(new Set(manifests.map(({ id }) => id)).size).toBe(manifests.length);
});
