import type { Definition } from '../../../kusto/schema/definitions.ts';
import { describeOutcome, describeSchemaPlan, makeSchemaPlan } from '../../../kusto/schema/schema-plan.ts';

const described = { folder: 'F', docString: 'D' };
const table = (name: string, ...columns: [string, string][]): Definition => ({
  kind: 'table',
  name,
  columns: columns.map(([column, type]) => ({ name: column, type })),
  ...described,
});
const fn = (name: string, body: string, parameters = ''): Definition => ({
  kind: 'function',
  name,
  parameters,
  body,
  skipValidation: true,
  ...described,
});
const view = (name: string, query: string): Definition => ({
  kind: 'view',
  name,
  source: 'T',
  query,
  ...described,
});
const retention = (setting: string): Definition => ({
  kind: 'policy',
  on: 'table',
  name: 'T',
  policy: 'retention',
  setting,
});

test('what is not there is created, in the order of the definitions', () => {
  const plan = makeSchemaPlan(
    [table('T', ['Id', 'string']), view('V', 'T | count'), retention('softdelete = 1d')],
    [],
  );
  expect(plan.steps.map(({ action, title }) => `${action} ${title}`)).toEqual([
    'create table T',
    'create materialized view V',
    'create retention policy of T',
  ]);
  expect(plan.steps[0]?.command).toBe(
    ".create-merge table T (Id: string) with (folder = 'F', docstring = 'D')",
  );
  expect(plan.steps[1]?.command).toMatch(
    /^\.create async materialized-view with \(backfill = true, .*\) V on table T/,
  );
});

test('what is as wanted is left alone, however the database writes it', () => {
  const wanted = [fn('F', '    print a,\n        b', 'a: string, b:long'), table('T', ['Id', 'string'])];
  const live = [
    fn('F', 'print a,\r\n  b\n', 'a:string,b:long'),
    table('T', ['Id', 'string'], ['Old', 'long']),
  ];
  expect(makeSchemaPlan(wanted, live)).toEqual({
    steps: [],
    unchanged: ['function F', 'table T'],
    unmanaged: [],
  });
});

test('a change is shown line by line', () => {
  const plan = makeSchemaPlan([fn('F', 'T\n| take 2\n| count')], [fn('F', 'T\n| take 1\n| count')]);
  expect(plan.steps).toMatchObject([{ action: 'change', differences: ['- | take 1', '+ | take 2'] }]);
});

test('a column that is missing is added', () => {
  const plan = makeSchemaPlan(
    [table('T', ['Id', 'string'], ['New', 'long'])],
    [table('T', ['Id', 'string'])],
  );
  expect(plan.steps).toMatchObject([{ action: 'change', differences: ['+ New: long'] }]);
});

test('a view that differs is altered, not created again', () => {
  const [step] = makeSchemaPlan([view('V', 'T | take 1')], [view('V', 'T | take 2')]).steps;
  expect(step?.command).toMatch(/^\.alter materialized-view/);
});

test('a policy that differs is shown with both settings', () => {
  const plan = makeSchemaPlan([retention('softdelete = 2d')], [retention('softdelete = 1d')]);
  expect(plan.steps).toMatchObject([{ differences: ['- softdelete = 1d', '+ softdelete = 2d'] }]);
});

test('what is not ours stays, and is dropped only by its name', () => {
  const live = [
    table('Theirs', ['Id', 'string']),
    view('TheirView', 'T | count'),
    fn('TheirFunction', 'print 1'),
  ];
  expect(makeSchemaPlan([], live)).toMatchObject({
    steps: [],
    unmanaged: ['table Theirs', 'materialized view TheirView', 'function TheirFunction'],
  });
  const plan = makeSchemaPlan([], live, ['TheirView']);
  expect(plan.steps).toMatchObject([{ action: 'drop', command: '.drop materialized-view TheirView' }]);
  expect(plan.unmanaged).toEqual(['table Theirs', 'function TheirFunction']);
});

test('what is ours, or not there, cannot be dropped', () => {
  const ours = table('T', ['Id', 'string']);
  expect(() => makeSchemaPlan([ours], [ours], ['T'])).toThrow('cannot drop T');
  expect(() => makeSchemaPlan([], [ours], ['Typo'])).toThrow(
    'cannot drop Typo: expected the name of an object that has no definition (T)',
  );
});

test('a column whose type would change is refused', () => {
  expect(() => makeSchemaPlan([table('T', ['Id', 'long'])], [table('T', ['Id', 'string'])])).toThrow(
    'table T: column Id is string and would become long',
  );
});

test('an object of another kind under the name is refused', () => {
  expect(() => makeSchemaPlan([fn('T', 'print 1')], [table('T', ['Id', 'string'])])).toThrow(
    'function T: the database has a table of that name',
  );
});

test('quotes and backslashes in a description are escaped', () => {
  const [step] = makeSchemaPlan(
    [{ ...table('T', ['Id', 'string']), docString: "Ev2's \\" } as Definition],
    [],
  ).steps;
  expect(step?.command).toContain("docstring = 'Ev2\\'s \\\\'");
});

test('a plan reads as one line for each step and a summary', () => {
  const plan = makeSchemaPlan(
    [table('T', ['Id', 'string']), fn('F', 'print 2')],
    [fn('F', 'print 1'), fn('G', 'print 3'), fn('H', 'print 4')],
    ['H'],
  );
  expect(describeSchemaPlan(plan)).toBe(
    [
      '+ create table T',
      '~ change function F',
      '      - print 1',
      '      + print 2',
      '- drop function H',
      '? not ours, stays: function G',
      '1 to create, 1 to change, 1 to drop, 0 unchanged.',
    ].join('\n'),
  );
});

test('the outcome says what was done, and what was not after a refusal', () => {
  const plan = makeSchemaPlan([table('T', ['Id', 'string']), fn('F', 'print 2')], [fn('F', 'print 1')]);
  expect(describeOutcome(plan, plan.steps)).toBe('1 created, 1 changed, 0 dropped, 0 unchanged.');
  expect(describeOutcome(plan, plan.steps.slice(0, 1))).toBe(
    '1 created, 0 changed, 0 dropped, 0 unchanged, 1 not applied.',
  );
});

describe('a view that cannot be altered into what is wanted', () => {
  const before = view('V', 'T\n| extend Lower = tolower(Name)\n| summarize arg_max(At, *) by Lower');
  const after = view('V', 'T\n| summarize arg_max(At, *) by Name');
  const keeping = (on: 'table' | 'view', name: string, days: number): Definition => ({
    kind: 'policy',
    on,
    name,
    policy: 'retention',
    setting: `softdelete = ${days}d recoverability = enabled`,
  });

  test('is filled again from its table, with its policies, if the table keeps rows as long', () => {
    const policy = keeping('view', 'V', 90);
    const plan = makeSchemaPlan([after, policy], [before, policy, keeping('table', 'T', 90)]);
    expect(plan.steps.map(({ action, title }) => `${action} ${title}`)).toEqual([
      'drop materialized view V',
      'create materialized view V',
      'create retention policy of V',
    ]);
    expect(plan.steps[0]?.command).toBe('.drop materialized-view V');
    expect(plan.steps[1]?.command).toContain('backfill = true');
  });

  test('is refused if it keeps rows that its table no longer has', () => {
    const live = [before, keeping('view', 'V', 400), keeping('table', 'T', 90)];
    expect(() => makeSchemaPlan([after], live)).toThrow(
      'materialized view V: its keys or columns change, and it keeps rows that T no longer has',
    );
  });

  test('is not dropped for a column more', () => {
    const more = view(
      'V',
      'T\n| extend Lower = tolower(Name), Size = 1\n| summarize arg_max(At, *) by Lower',
    );
    expect(makeSchemaPlan([more], [before]).steps).toMatchObject([{ action: 'change' }]);
  });
});
