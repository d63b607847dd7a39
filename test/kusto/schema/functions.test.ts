/** The functions that TypeScript calls are the ones in the `.kql` files, and nothing lies there unused. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changelogTables } from '../../../changelog/events/catalogue.ts';
import { KustoFunction, type Parameters } from '../../../kusto/client/function-call.ts';
import * as functions from '../../../kusto/client/functions.ts';
import { loadJobs } from '../../../kusto/jobs/job.ts';
import type { Definition } from '../../../kusto/schema/definitions.ts';
import { kustoFolder, loadDefinitions } from '../../../kusto/schema/load.ts';

const definitions = loadDefinitions();
const called = Object.values(functions);

/** What only people and dashboards read. */
const forPeople = ['ApprovalState', 'GetDeploymentEntities_v1', 'PullRequestState'];

test.each(called.map((fn): [string, KustoFunction<Parameters>] => [fn.name, fn]))(
  '%s is called with the parameters that it has',
  (name, { declared }) => {
    const definition = definitions.find((one) => one.kind === 'function' && one.name === name);
    const parameters = Object.entries(declared).map(([parameter, type]) => [
      parameter,
      type === 'tableName' ? 'string' : type,
    ]);
    expect(definition).toMatchObject({ kind: 'function' });
    const text = definition?.kind === 'function' ? definition.parameters : '';
    expect([...text.matchAll(/(\w+): (\w+)/g)].map(([, parameter, type]) => [parameter, type])).toEqual(
      parameters,
    );
  },
);

test('every function, view and table is used by something', () => {
  const callers = [...called.map(({ name }) => name), ...forPeople, ...changelogTables].join(' ');
  const textOf = (definition: Definition): string => {
    if (definition.kind === 'function') return definition.body;
    return definition.kind === 'view' ? `${definition.source} ${definition.query}` : '';
  };
  const jobs = loadJobs().map(({ query, target }) => `${target} ${query}`);
  const unused = definitions.filter(
    (definition) =>
      definition.kind !== 'policy' &&
      ![
        callers,
        ...jobs,
        ...definitions.flatMap((other) => (other === definition ? [] : [textOf(other)])),
      ].some((text) => new RegExp(`\\b${definition.name}\\b`).test(text)),
  );
  expect(unused.map((definition) => definition.name)).toEqual([]);
});

test('no KQL stands outside kusto/', () => {
  const root = join(kustoFolder, '..');
  const folders = [
    'api',
    'wait',
    'net',
    'azure-devops',
    'changelog',
    'backend',
    'tab',
    'tasks',
    'cli',
    'devhost',
    'settings',
    'scripts',
    'bench',
  ];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => join(folder, file)),
  );
  expect(files.length).toBeGreaterThan(100);
  const kql =
    /(?<!\|)\|\s*(where|project|summarize|extend|join|take|distinct|order by|count)\b|declare query_parameters\(/;
  expect(files.filter((file) => kql.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

describe('a call', () => {
  const fn = new KustoFunction('F', {
    TableName: 'tableName',
    Text: 'string',
    Count: 'long',
    Since: 'datetime',
    Ids: 'dynamic',
  });
  const values = { TableName: 'RunEvent', Text: `a'b"c`, Count: 5, Since: new Date(0), Ids: [1, 2] };

  test('declares its parameters and passes them by name', () => {
    expect(fn.call(values)).toEqual({
      text: "declare query_parameters(Text: string, Count: long, Since: datetime, Ids: dynamic);\nF('RunEvent', Text, Count, Since, Ids)",
      parameters: {
        Text: `a'b"c`,
        Count: 'long(5)',
        Since: 'datetime(1970-01-01T00:00:00.000Z)',
        Ids: 'dynamic([1,2])',
      },
    });
  });

  test('without parameters declares none', () => {
    expect(new KustoFunction('F', {}).call({})).toEqual({ text: 'F()', parameters: {} });
  });

  test.each([
    ['TableName', { TableName: "T') | take 1 //" }],
    ['Count', { Count: 1.5 }],
    ['Count', { Count: Number.NaN }],
    ['Since', { Since: new Date('never') }],
  ])('refuses a value that %s cannot hold', (parameter, wrong) => {
    expect(() => fn.call({ ...values, ...wrong })).toThrow(`F: parameter ${parameter} must be`);
  });
});
