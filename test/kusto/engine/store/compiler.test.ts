/** The compiler's thread answers as the compiler does, and comes back when it dies. */
import { Catalog, type Table } from '../../../../kusto/engine/catalog.ts';
import { KqlError } from '../../../../kusto/engine/errors.ts';
import { CompilerThread, inlineCompiler } from '../../../../kusto/engine/store/compiler.ts';

const TABLE: Table = {
  kind: 'table',
  name: 'T',
  physical: 'T',
  folder: '',
  docString: '',
  columns: [
    { name: 'k', type: 'string', physical: 'k' },
    { name: 't', type: 'datetime', physical: 't' },
  ],
};
const CATALOG = new Catalog('D', [TABLE]);
const FUNCTION = {
  kind: 'function',
  name: 'F',
  parameters: [],
  body: ' T | where k == "x" ',
  folder: '',
  docString: '',
} as const;
const VIEW = 'T | summarize arg_max(t, *) by k';

let thread: CompilerThread;
beforeAll(() => {
  thread = new CompilerThread();
});
afterAll(() => thread.close());

it('gives what the compiler gives', async () => {
  const override = new Map([['T', 'other']]);
  const text =
    'declare query_parameters(x: string = "a", n: long = 9007199254740993); T | where k == x and t < now() | extend n';
  for (const compiler of [thread, inlineCompiler]) {
    expect(await compiler.query(CATALOG, text, { override })).toEqual(
      await inlineCompiler.query(CATALOG, text, { override }),
    );
    expect(await compiler.checkFunction(CATALOG, FUNCTION)).toEqual(
      await inlineCompiler.checkFunction(CATALOG, FUNCTION),
    );
    expect(await compiler.describeView(CATALOG, 'T', VIEW)).toEqual(
      await inlineCompiler.describeView(CATALOG, 'T', VIEW),
    );
    const withFunction = CATALOG.with(FUNCTION);
    expect(await compiler.suggestIndexes(withFunction)).toEqual(
      await inlineCompiler.suggestIndexes(withFunction),
    );
  }
});

it('refuses with the code and position of the compiler', async () => {
  const refusal = await thread.query(CATALOG, 'T\n| where nope == 1').catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(KqlError);
  expect(refusal).toMatchObject({ code: 'General_BadRequest', position: { line: 2, column: 9 } });
  expect(String(refusal).match(/\[line/g)).toHaveLength(1);
});

it('says of a refusal in which function and where it stands, beside the reason', async () => {
  const stored = { ...FUNCTION, body: ' T\n| reduce by k' };
  const refusal = await thread.checkFunction(CATALOG, stored).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ functionName: 'F', position: { line: 2, column: 3 } });
  expect(refusal).toMatchObject({
    reason: "The operator 'reduce' is not supported (see docs/kql-support.md)",
  });
  expect(String(refusal)).toContain(
    "In function 'F': The operator 'reduce' is not supported (see docs/kql-support.md) [line 2",
  );
});

it('knows more catalogues than it remembers', async () => {
  const catalogs = Array.from(
    { length: 40 },
    (_, index) => new Catalog(`D${index}`, [{ ...TABLE, name: `T${index}` }]),
  );
  for (const round of [1, 2]) {
    for (const [index, catalog] of catalogs.entries()) {
      const { columns } = await thread.query(catalog, `T${index} | count | extend round = ${round}`);
      expect(columns).toHaveLength(2);
    }
  }
});

it('is replaced when its thread ends', async () => {
  // Long enough that the thread ends before it is compiled.
  const many = Array.from({ length: 20_000 }, (_, index) => `"${index}"`).join(', ');
  const asked = thread.query(CATALOG, `T | where k in (${many})`).catch((error: Error) => error.name);
  await thread.close();
  expect(await asked).toBe('EngineError');
  expect((await thread.query(CATALOG, 'T | count')).columns).toEqual([{ name: 'Count', type: 'long' }]);
});

it('refuses what is being compiled when it is closed, as the engine refuses what comes later', async () => {
  const closing = new CompilerThread();
  const compiled = closing.query(CATALOG, 'T').catch((error: unknown) => error);
  await closing.close();
  expect(await compiled).toMatchObject({ kind: 'unavailable', message: 'The engine is shutting down' });
});
