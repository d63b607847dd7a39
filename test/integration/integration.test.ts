/**
 * The integration cases against a backend on this machine, and the command that runs them. The same cases run against
 * INT, PPE and PROD: `npm run integration -- --env int`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { operations } from '../../api/openapi/document.ts';
import { apiPaths } from '../../api/paths.ts';
import type { IntegrationCase } from './case.ts';
import { loadCases } from './cases.ts';
import { integrationCommand } from './command.ts';
import { startEmbedded } from './embedded.ts';
import { configuredEnvironment, type Environment } from './environment.ts';
import { loadPlanSuite } from './load-plan.suite.ts';
import { runCase } from './run-case.ts';

const cases = loadCases(fileURLToPath(new URL('cases', import.meta.url)));
let embedded: Environment;
let folder: string;

beforeAll(async () => {
  embedded = await startEmbedded();
  folder = mkdtempSync(join(tmpdir(), 'integration-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await embedded.close();
});

it.each(cases.map((one) => [one.group, one.name, one] as const))('%s: %s', async (_group, _name, one) => {
  expect(await runCase(one, embedded)).toEqual({ outcome: 'passed' });
});

describe('the cases', () => {
  const methodsAndPaths = cases.flatMap(({ request, first }) =>
    [request, ...(first ? [first.request] : [])].map(
      ({ method = 'GET', path }) => `${method} ${path.replace(/\?.*/, '')}`,
    ),
  );
  const isTried = (method: string, path: string): boolean => {
    const form = new RegExp(`^${method.toUpperCase()} ${path.replace(/\{\w+\}/g, '[^/]+')}$`);
    return methodsAndPaths.some((tried) => form.test(tried));
  };

  it('try every operation of the contract, and every path of a lookup', () => {
    const all = [
      ...operations.map(({ method, path }) => [method, path] as const),
      ...Object.values(apiPaths).flatMap((paths) => paths.map((path) => ['get', path] as const)),
    ];
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(([method, path]) => !isTried(method, path))).toEqual([]);
  });

  it('expect every status that a caller can bring about', () => {
    const statuses = new Set(cases.map(({ expect: { status } }) => status));
    expect([...statuses].sort()).toEqual([
      200, 202, 204, 304, 400, 401, 403, 404, 405, 409, 413, 414, 429, 431,
    ]);
  });
});

loadPlanSuite(() => embedded);

interface Ran {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

async function run(parameters: readonly string[], variables: Record<string, string> = {}): Promise<Ran> {
  const [output, errors]: string[][] = [[], []];
  const exitCode = await integrationCommand(parameters, {
    variables,
    print: (line) => output?.push(line),
    printError: (line) => errors?.push(line),
    startEmbedded: async () => ({ ...embedded, close: async () => undefined }),
  });
  return { exitCode, output: output?.join('\n') ?? '', errors: errors?.join('\n') ?? '' };
}

let written = 0;
/** A folder with one file of cases. */
function casesFolder(...written_: readonly object[]): string {
  const place = join(folder, `cases-${++written}`);
  mkdirSync(place);
  writeFileSync(join(place, 'own.json'), JSON.stringify({ cases: written_ }));
  return place;
}
const alive = {
  name: 'A process that answers is alive',
  environments: 'all',
  request: { path: '/health/live' },
  expect: { status: 200 },
} as const;

describe('npm run integration', () => {
  it('prints a line for each case and a summary, and exits with 0', async () => {
    const { exitCode, output } = await run(['--filter', 'probe']);
    const lines = output.split('\n');
    expect(exitCode).toBe(0);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^ok {4}health: A probe is not counted by a limit \(\d+ ms\)$/);
    expect(lines.at(-1)).toBe(`embedded at ${embedded.url}: 2 passed, 0 failed, 0 skipped`);
  });

  it('says what differs, and exits with 1', async () => {
    const place = casesFolder(
      { ...alive, expect: { status: 204 } },
      {
        ...alive,
        name: 'Headers and body are compared too',
        expect: {
          status: 200,
          headers: { 'x-trace-id': null, 'x-missing': { const: '1' }, 'content-type': { const: 'text/csv' } },
          body: { properties: { status: { const: 'dead' } } },
        },
      },
    );
    const { exitCode, output } = await run(['--cases', place]);
    expect(exitCode).toBe(1);
    expect(output.replace(/\d+/g, 'N')).toMatch(
      new RegExp(
        [
          '^FAIL {2}own: A process that answers is alive',
          ' +status is N, expected N: .*',
          'FAIL {2}own: Headers and body are compared too',
          ' +header x-trace-id must be absent',
          ' +header x-missing is missing',
          ' +header content-type: the top must be "text/csv"',
          ' +body: /status must be "dead"',
          'embedded at .*: N passed, N failed, N skipped$',
        ].join('\n'),
      ),
    );
  });

  it('prints one JSON object with --json', async () => {
    const { output } = await run(['--json', '--filter', 'probe']);
    expect(JSON.parse(output)).toMatchObject({
      environment: 'embedded',
      url: embedded.url,
      passed: 2,
      failed: 0,
      skipped: 0,
      cases: [{ group: 'health', outcome: 'passed', milliseconds: expect.any(Number) }, {}],
    });
  });

  it('refuses unknown fields with file and place', async () => {
    const place = casesFolder(alive, { ...alive, name: 'Another name of a case', expect: { statuss: 200 } });
    const { exitCode, errors } = await run(['--cases', place]);
    expect({ exitCode, errors }).toEqual({
      exitCode: 2,
      errors: `${join(place, 'own.json')}: /cases/1/expect must have required property 'status'; /cases/1/expect has an unknown field "statuss"`,
    });
  });

  it.each<[string, object, RegExp]>([
    ['a write for all environments', { request: { path: '/', method: 'POST' } }, /must be a safe read/],
    ['a caller of the embedded environment for all', { caller: 'user' }, /must have one of the callers/],
    ['a misspelled matcher', { expect: { status: 200, body: { propertys: {} } } }, /expect\.body.*propertys/],
    ['a method that there is not', { request: { path: '/', method: 'FETCH' } }, /must be one of GET, HEAD/],
  ])('refuses %s', async (_what, change, message) => {
    const { exitCode, errors } = await run(['--cases', casesFolder({ ...alive, ...change })]);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(message);
  });

  it.each<[string, string[], RegExp]>([
    ['an unknown option', ['--environment', 'int'], /unknown option '--environment'/],
    ['an unknown environment', ['--env', 'moon'], /there is no environment "moon"/],
    ['a path as an environment', ['--env', '../int'], /there is no environment/],
    [
      'a filter that nothing passes',
      ['--filter', 'nothing like this'],
      /no case contains "nothing like this"/,
    ],
  ])('refuses %s', async (_what, parameters, message) => {
    const { exitCode, errors } = await run(parameters);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(message);
  });
});

describe('another environment', () => {
  const environmentFile = (change: object = {}): string => {
    const file = join(folder, `environment-${++written}.json`);
    const callers = { service: { variable: 'SERVICE_TOKEN' }, ungranted: { variable: 'UNGRANTED_TOKEN' } };
    writeFileSync(
      file,
      JSON.stringify({ url: 'https://deployments.example.com', callers, values: embedded.values, ...change }),
    );
    return file;
  };
  const tokenOf = async (caller: IntegrationCase['caller']): Promise<string> =>
    String((await embedded.headersOf(caller))?.authorization).replace('Bearer ', '');

  it('is asked with its own tokens, for safe reads alone', async () => {
    const { exitCode, output } = await run(['--env', 'int', '--config', environmentFile(), '--json'], {
      INTEGRATION_URL: `${embedded.url}/`,
      SERVICE_TOKEN: await tokenOf('service'),
    });
    const result = JSON.parse(output) as { passed: number; cases: { outcome: string; reason?: string }[] };
    expect(exitCode).toBe(0);
    expect(result.passed).toBe(
      cases.filter(({ environments, caller }) => environments === 'all' && caller !== 'ungranted').length,
    );
    const reasons = new Set(result.cases.flatMap(({ reason }) => reason ?? []));
    expect([...reasons].sort()).toEqual([
      'for the embedded environment only',
      'no token of the caller "ungranted"',
    ]);
  });

  it('that does not have a value skips the cases that need it, and fails where none is left', async () => {
    const parameters = [
      '--env',
      'int',
      '--config',
      environmentFile({ values: {} }),
      '--filter',
      'P2B answers what',
    ];
    const { exitCode, output } = await run(parameters, { SERVICE_TOKEN: 'any' });
    expect(exitCode).toBe(2);
    expect(output).toMatch(/^skip {2}p2b: P2B answers what is known \(no value "deploymentSource"\)\n/);
  });

  it('that does not answer fails the case', async () => {
    const parameters = ['--env', 'int', '--config', environmentFile(), '--filter', 'A process that answers'];
    const { exitCode, output } = await run(parameters, { INTEGRATION_URL: 'http://127.0.0.1:9' });
    expect(exitCode).toBe(1);
    expect(output).toContain('no answer: ');
  });

  it.each<[string, object, RegExp]>([
    ['http', { url: 'http://deployments.example.com' }, /url must be https/],
    ['an unknown field', { uri: '' }, /the top has an unknown field "uri"/],
    ['an unknown caller', { callers: { admin: { variable: 'A' } } }, /must be one of service, ungranted/],
  ])('is refused with %s', async (_what, change, message) => {
    const { exitCode, errors } = await run(['--env', 'int', '--config', environmentFile(change)]);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(message);
  });

  it.each(['int', 'ppe', 'prod'])('%s has a file with every value that its cases need', (name) => {
    const file = fileURLToPath(new URL(`environments/${name}.json`, import.meta.url));
    const { values } = configuredEnvironment(name, file, {});
    const needed = cases
      .filter(({ environments }) => environments === 'all')
      .flatMap((one) => {
        const kept = Object.keys(one.first?.keep ?? {});
        const names = [...JSON.stringify(one).matchAll(/\{\{(\w+)\}\}/g)].map(([, value = '']) => value);
        return names.filter((value) => !kept.includes(value));
      });
    expect(Object.keys(values)).toEqual(expect.arrayContaining([...new Set(needed)]));
  });
});
