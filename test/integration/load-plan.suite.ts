/**
 * The load test of Azure Load Testing, as `npm run load` runs it: the plan is read as JMeter reads it, its requests are
 * answered, and its criteria fail a slow server. How fast the server is, is measured by `npm run load` and not here.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { loadCommand, type Target } from '../../bench/load-test/command.ts';
import { judge, readCriteria, type Sample } from '../../bench/load-test/criteria.ts';
import { filledText } from '../../bench/load-test/jmeter-text.ts';
import { readPlan } from '../../bench/load-test/plan.ts';
import { dataRows, runPlan } from '../../bench/load-test/run-plan.ts';
import { startSlowProxy } from '../support/slow-proxy.ts';
import type { Environment } from './environment.ts';

const file = (name: string): string =>
  fileURLToPath(new URL(`../../infra/load-test/${name}`, import.meta.url));
const xml = readFileSync(file('plan.jmx'), 'utf8');
const csv = readFileSync(file('data.csv'), 'utf8');
/** As a plan writes it. */
const written = (inner: string): string => `\${${inner}}`;
const properties = (given: Record<string, string> = {}) => new Map(Object.entries({ token: 'T', ...given }));

export function loadPlanSuite(embedded: () => Environment): void {
  describe('the plan of the load test', () => {
    const plan = readPlan(xml, properties({ host: 'api.example.com', rate: '50', duration: '4' }));

    it('has what its properties say', () => {
      expect(plan).toMatchObject({
        origin: 'https://api.example.com',
        perSecond: 50,
        seconds: 4,
        threads: 200,
        headers: { Authorization: 'Bearer T', Accept: 'application/json' },
        dataFile: 'data.csv',
        dataColumns: ['organization', 'project', 'build', 'source', 'deployment', 'payload'],
      });
    });

    it('asks all lookups, most of them B2D', () => {
      expect(plan.samplers.map(({ name, percent, path }) => [name, percent, path])).toEqual([
        ['B2D', 60, '/b2d/v1/build2deployments'],
        ['D2B', 25, '/d2b/v1/deployment2build'],
        ['P2B', 10, '/p2b/v1/builds'],
        ['Entities', 5, '/b2d/v1/entities'],
      ]);
      expect(plan.samplers[1]?.parameters).toEqual([
        ['deploymentSource', written('source')],
        ['deploymentId', written('deployment')],
      ]);
    });

    it('has elements and properties of JMeter alone, so that it needs no plugin', () => {
      const classes = [...xml.matchAll(/testclass="(\w+)"/g)].map(([, name]) => name);
      expect([...new Set(classes)].sort()).toEqual([
        'Arguments',
        'CSVDataSet',
        'ConfigTestElement',
        'HTTPSamplerProxy',
        'HeaderManager',
        'LoopController',
        'PreciseThroughputTimer',
        'ResponseAssertion',
        'TestPlan',
        'ThreadGroup',
        'ThroughputController',
      ]);
    });

    it('needs a token, which Azure Load Testing takes from its secrets', () => {
      expect(() => readPlan(xml, new Map())).toThrow('the property "token" is needed');
    });

    it.each([
      [
        'an element that is not known',
        /<PreciseThroughputTimer/g,
        '<UniformRandomTimer',
        /UniformRandomTimer ".*" is not an element/,
      ],
      ['a share that is a number', /style">1</g, 'style">0<', /only shares in percent/],
      [
        'an assertion on something else',
        /Assertion\.response_code</g,
        'Assertion.response_data<',
        /only the response code/,
      ],
      ['no rate', /\$\{rate\}/g, '-1', /throughput must be a number above 0/],
      [
        'another function',
        /\$\{__P\(host,127\.0\.0\.1\)\}/g,
        written('__groovy(1)'),
        /function that is not known here/,
      ],
      ['a misspelled variable', /\$\{host\}/g, written('hots'), /there is no variable "hots"/],
      ['a share of nothing', /<value>60\.0</g, '<value>0.0<', /the share must be above 0/],
      ['broken XML', /<\/TestPlan>/g, '', /not XML/],
    ])('is refused with %s', (_what, from, to, message) => {
      const changed = xml
        .replaceAll(from, to)
        .replaceAll(
          /<\/PreciseThroughputTimer/g,
          to.startsWith('<U') ? '</UniformRandomTimer' : '</PreciseThroughputTimer',
        );
      expect(changed).not.toBe(xml);
      expect(() => readPlan(changed, properties())).toThrow(message);
    });

    it('leaves out what is switched off, as JMeter does', () => {
      const without = xml.replace(
        'testname="Entities, 5 of 100" enabled="true"',
        'testname="Entities" enabled="false"',
      );
      expect(readPlan(without, properties()).samplers.map(({ name }) => name)).toEqual(['B2D', 'D2B', 'P2B']);
    });

    it('keeps what is in its data from becoming a part of the address', () => {
      const [row] = dataRows('a,b\n"x, ""y""",&z=1\n', ['a', 'b']);
      expect([...(row ?? [])]).toEqual([
        ['a', 'x, "y"'],
        ['b', '&z=1'],
      ]);
      expect(
        filledText(`${written('a')}|${written(`__P(none,${written('b')})`)}`, row ?? new Map(), new Map()),
      ).toBe('x, "y"|&z=1');
    });
  });

  describe('load-test.yaml', () => {
    const configuration: Record<string, unknown> = parse(readFileSync(file('load-test.yaml'), 'utf8'));

    it('has keys of Azure Load Testing alone, and its files are there', () => {
      const known = [
        'version',
        'testId',
        'displayName',
        'description',
        'testType',
        'testPlan',
        'engineInstances',
        'configurationFiles',
        'properties',
        'failureCriteria',
        'autoStop',
      ];
      expect(Object.keys(configuration).filter((key) => !known.includes(key))).toEqual([]);
      expect(configuration).toMatchObject({
        version: 'v0.1',
        testType: 'JMX',
        testId: expect.stringMatching(/^[a-z0-9_-]{2,50}$/),
      });
      const { userPropertyFile } = Object(configuration.properties);
      for (const name of [
        configuration.testPlan,
        userPropertyFile,
        ...Object(configuration.configurationFiles),
      ])
        expect(readFileSync(file(String(name)), 'utf8')).not.toBe('');
    });

    it('gives the plan only properties that it has', () => {
      const names = [...readFileSync(file('user.properties'), 'utf8').matchAll(/^(\w+)=/gm)].map(
        ([, name]) => name,
      );
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => !xml.includes(`\${__P(${name},`))).toEqual([]);
    });

    it('holds the service level, for samplers that there are', () => {
      const criteria = readCriteria(configuration.failureCriteria);
      const texts = criteria.map(({ text }) => text);
      expect(texts).toEqual(
        expect.arrayContaining([
          'percentage(error) > 0.11',
          'p99(response_time_ms) > 1000',
          'avg(requests_per_sec) < 190',
        ]),
      );
      const names = readPlan(xml, properties()).samplers.map(({ name }) => name);
      expect(
        criteria.flatMap(({ sampler }) => sampler ?? []).filter((name) => !names.includes(name)),
      ).toEqual([]);
    });
  });

  describe('a criterion', () => {
    const samples = (count: number, milliseconds: number, isSuccess = true, sampler = 'B2D'): Sample[] =>
      Array.from({ length: count }, () => ({ sampler, isSuccess, result: '', milliseconds }));
    const missed = (text: unknown, ...parts: Sample[][]) =>
      judge(readCriteria([text]), { samples: parts.flat(), seconds: 10 }, 1).map(({ isMissed }) => isMissed);

    it.each<[unknown, boolean]>([
      ['p99(response_time_ms) > 1000', true],
      ['p95(response_time_ms) > 1000', false],
      ['p9999(response_time_ms) > 1000', true],
      ['avg(response_time_ms) > 49', true],
      ['avg(response_time_ms) > 50', false],
      ['max(latency) < 2000', false],
      ['min(response_time_ms) < 11', true],
      ['percentage(error) > 1.9', true],
      ['percentage(error) > 2', false],
      ['avg(requests_per_sec) < 10.1', true],
      ['count(requests) < 100', false],
      [{ D2B: 'count(requests) < 1' }, true],
      [{ B2D: 'percentage(error) > 5' }, false],
    ])('%j is judged as in Azure Load Testing', (text, isMissed) => {
      expect(missed(text, samples(98, 10), samples(2, 2_001, false))).toEqual([isMissed]);
    });

    it.each([
      'p99(error) > 1',
      'avg(response_time_ms) >= 1',
      'p98(latency) > 1',
      'median(latency) > 1',
      7,
      [],
    ])('must be one of the language: %j', (text) => {
      expect(() => readCriteria([text])).toThrow(/must be|is not a criterion/);
    });

    it('of requests a second grows with the rate that was asked for', () => {
      const criteria = readCriteria(['avg(requests_per_sec) < 190']);
      const run = { samples: samples(500, 1), seconds: 10 };
      expect(judge(criteria, run, 0.25)[0]?.isMissed).toBe(false);
      expect(judge(criteria, run, 1)[0]?.isMissed).toBe(true);
    });
  });

  describe('npm run load', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'load-'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const tokenOf = async (): Promise<string> =>
      String((await embedded().headersOf('service'))?.authorization).replace('Bearer ', '');
    const port = (): number => Number(new URL(embedded().url).port);
    const startTarget = async (slowMs: number): Promise<Target> => {
      const proxy = await startSlowProxy(port());
      const token = await tokenOf();
      return {
        port: proxy.port,
        token,
        beginSlowness: () => proxy.delay(slowMs),
        close: () => proxy.close(),
      };
    };
    async function run(parameters: readonly string[], variables: Record<string, string> = {}) {
      const [output, errors]: [string[], string[]] = [[], []];
      const exitCode = await loadCommand(parameters, {
        variables,
        print: (line) => output.push(line),
        printError: (line) => errors.push(line),
        startTarget,
      });
      return { exitCode, output: output.join('\n'), errors: errors.join('\n') };
    }
    /** The test with criteria that a busy machine meets too. */
    const patientTest = (...criteria: string[]): string => {
      const test = join(folder, 'load-test.yaml');
      for (const name of ['plan.jmx', 'data.csv'])
        writeFileSync(join(folder, name), readFileSync(file(name)));
      writeFileSync(test, JSON.stringify({ testPlan: 'plan.jmx', failureCriteria: criteria }));
      return test;
    };

    it('sends what the plan says, and exits with 0 where its criteria are met', async () => {
      const test = patientTest(
        'percentage(error) > 0',
        'p99(response_time_ms) > 60000',
        'count(requests) < 40',
      );
      const { exitCode, output } = await run(['--test', test, '--seconds', '1', '--rate', '40']);
      const lines = output.split('\n').map((line) => line.trim().split(/ {2,}/).slice(0, 3));
      expect(lines).toEqual(
        expect.arrayContaining([
          ['B2D', '24', '0'],
          ['D2B', '10', '0'],
          ['P2B', '4', '0'],
          ['Entities', '2', '0'],
          ['all', '40', '0'],
          ['percentage(error) > 0', '0', 'met'],
        ]),
      );
      expect(exitCode).toBe(0);
    });

    it('exits with 1 where the server is slow', async () => {
      const { exitCode, output } = await run([
        '--seconds',
        '1',
        '--rate',
        '20',
        '--slow-ms',
        '1500',
        '--json',
      ]);
      const { passed, tables } = JSON.parse(output) as {
        passed: boolean;
        tables: Record<string, Record<string, unknown>[]>;
      };
      const verdicts = tables['The test fails where one holds']?.map(
        ({ criterion, verdict }) => `${criterion}: ${verdict}`,
      );
      expect(verdicts).toEqual(
        expect.arrayContaining(['percentage(error) > 0.11: met', 'p99(response_time_ms) > 1000: MISSED']),
      );
      expect({ exitCode, passed }).toEqual({ exitCode: 1, passed: false });
    });

    it('counts what is refused, or not answered, as an error', async () => {
      const parameters = [
        '--host',
        '127.0.0.1',
        '--protocol',
        'http',
        '--seconds',
        '1',
        '--rate',
        '20',
        '--json',
      ];
      for (const [where, token] of [
        [port(), 'not a token'],
        [9, await tokenOf()],
      ] as const) {
        const { exitCode, output } = await run([...parameters, '--port', String(where)], {
          LOAD_TOKEN: token,
        });
        expect(exitCode).toBe(1);
        expect(JSON.parse(output).tables['Requests (times in milliseconds)'].at(-1)).toMatchObject({
          request: 'all',
          requests: 20,
          errors: 20,
        });
      }
    });

    it('asks another host with the token of a variable', async () => {
      const test = patientTest('percentage(error) > 0');
      const parameters = ['--host', '127.0.0.1', '--port', String(port()), '--protocol', 'http'];
      const { exitCode } = await run([...parameters, '--test', test, '--seconds', '1', '--rate', '10'], {
        LOAD_TOKEN: await tokenOf(),
      });
      expect(exitCode).toBe(0);
    });

    it.each<[string, string[], RegExp]>([
      ['no token', ['--host', 'api.example.com'], /the property "token" is needed/],
      [
        'http to another host',
        ['--host', 'api.example.com', '--protocol', 'http'],
        /the token goes over https/,
      ],
      ['a rate of 0', ['--rate', '0'], /whole number above 0/],
      [
        'a slow host that is not ours',
        ['--host', 'api.example.com', '--slow-ms', '5'],
        /for the server that is started here/,
      ],
      ['a file that is not there', ['--test', 'nowhere.yaml'], /no such file/],
      ['data without rows', ['--data', '/dev/null'], /the data has no rows/],
    ])('refuses %s', async (_what, parameters, message) => {
      const { exitCode, errors } = await run(parameters);
      expect(exitCode).toBe(2);
      expect(errors).toMatch(message);
    });

    it('keeps the shares of the plan over the whole run', async () => {
      const plan = readPlan(
        xml,
        properties({ host: '127.0.0.1', port: '9', protocol: 'http', rate: '1000', duration: '0.4' }),
      );
      const { samples } = await runPlan(plan, dataRows(csv, plan.dataColumns));
      const counts = plan.samplers.map(
        ({ name }) => samples.filter(({ sampler }) => sampler === name).length,
      );
      expect(counts).toEqual([240, 100, 40, 20]);
    });
  });
}
