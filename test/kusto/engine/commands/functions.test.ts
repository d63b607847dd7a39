import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

const FUNCTION = `.create-or-alter function with (folder = 'F', docstring = "it's", skipvalidation = 'false')
  Of(a: string, n: long = 1, at: datetime = datetime(2024-01-01)) {
    T
    | where k == a and count >= n // and at
}`;

beforeAll(() => engine.rows('.create table T (k: string, count: long)'));

describe('.create-or-alter function', () => {
  it('keeps parameters, defaults, body and description as they were written', async () => {
    const row = [
      'Of',
      '(a:string, n:long=1, at:datetime=datetime(2024-01-01))',
      '{\n    T\n    | where k == a and count >= n // and at\n}',
      'F',
      "it's",
    ];
    expect(await engine.rows(FUNCTION)).toEqual([row]);
    expect(await engine.rows('.show function Of')).toEqual([row]);
    expect(await engine.rows('.show functions')).toEqual([row]);
  });

  it('can be called at once, with defaults where none are given', async () => {
    await engine.rows('.ingest inline into table T <| x,1\nx,0\ny,1');
    expect(await engine.rows("Of('x')")).toEqual([['x', 1]]);
    expect(await engine.rows("Of('x', 0) | count")).toEqual([[2]]);
  });

  it('replaces what was there, also for queries that were compiled before', async () => {
    await engine.rows('.create-or-alter function One() { print 1 }');
    expect(await engine.rows('One()')).toEqual([[1]]);
    await engine.rows('.create-or-alter function One() { print 2 }');
    expect(await engine.rows('One()')).toEqual([[2]]);
  });

  it('is refused with the position in the whole command', async () => {
    expect((await engine.refusal('.create function Wrong() {\n  T\n  | where nope == 1\n}')).message).toMatch(
      /'nope' .*\[line 3, column 11\]$/,
    );
    expect((await engine.refusal('.create function Wrong() { T | where nope == 1 }')).message).toMatch(
      /\[line 1, column 38\]$/,
    );
  });

  it('is not bound where that is to be skipped, so that functions can refer to what comes later', async () => {
    await engine.rows('.create-or-alter function with (skipvalidation = true) Early() { Later() }');
    await engine.rows('.create function Later() { print 3 }');
    expect(await engine.rows('Early()')).toEqual([[3]]);
  });

  it.each([
    ['.create function F(', 'Expected the name of a parameter'],
    ['.create function F() print 1', "Expected '{', found 'print'"],
    ['.create function F() { print 1', "Expected '}'"],
    ['.create function F(t: (a: string)) { t }', 'tabular parameters are not supported'],
    ['.create function T() { print 1 }', "An entity named 'T' exists already"],
    ['.alter function Nope() { print 1 }', "Entity ID 'Nope' of kind 'Function' was not found."],
    ['.show function Nope', "Entity ID 'Nope' of kind 'Function' was not found."],
  ])('says what is wrong: %s', async (command, message) => {
    expect((await engine.refusal(command)).message).toContain(message);
  });
});

it('.create function is refused for one that is there, and leaves it with ifnotexists', async () => {
  await engine.rows('.create function Twice() { print 1 }');
  expect((await engine.refusal('.create function Twice() { print 2 }')).code).toBe(
    'BadRequest_EntityNameIsNotUnique',
  );
  await engine.rows('.create function ifnotexists Twice() { print 2 }');
  await engine.rows('.create function with (ifnotexists = true) Twice() { print 2 }');
  expect(await engine.rows('Twice()')).toEqual([[1]]);
});

it('.drop function forgets it', async () => {
  await engine.rows('.create function Gone() { print 1 }');
  await engine.rows('.drop function Gone');
  expect((await engine.refusal('Gone()')).message).toContain("'Gone'");
  expect((await engine.refusal('.drop function Gone')).code).toBe('BadRequest_EntityNotFound');
  await engine.rows('.drop function Gone ifexists');
});
