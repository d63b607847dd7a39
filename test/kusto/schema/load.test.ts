import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Definition, readDefinitions } from '../../../kusto/schema/definitions.ts';
import { loadDefinitions } from '../../../kusto/schema/load.ts';

const folders: string[] = [];

/** A folder of `.kql` files like kusto/, with these files in it. */
function kustoFolderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'kusto-'));
  folders.push(folder);
  for (const part of ['tables', 'sources', 'functions', 'views']) mkdirSync(join(folder, part));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

const table = (name: string) =>
  `.create-merge table ${name} (Id: string) with (folder = 'F', docstring = 'D')`;
const fn = (name: string, body: string) =>
  `.create-or-alter function with (folder = 'F', docstring = 'D') ${name}()\n{\n    ${body}\n}\n`;

const nameOf = (definition: Definition) =>
  definition.kind === 'policy' ? `${definition.name} ${definition.policy}` : definition.name;

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

test('an object comes after everything that it names', () => {
  const names = loadDefinitions().map(nameOf);
  const before = (first: string, second: string) => {
    expect(names).toContain(first);
    expect(names.indexOf(first)).toBeLessThan(names.indexOf(second));
  };
  before('EntityChangeEvent', 'EntityChangeEventsMaterializedView');
  before('EntityChangeEventsMaterializedView', 'GetBuild2Deployment_v1');
  before('ChangeEventSource', 'MapBuild2PayloadEv2');
  before('PFBuilderMessage', 'GetPFBuilderMessage');
  before('ClusterDeployments', 'MapBuild2PayloadPF');
  before('EntityChangeEvent', 'EntityChangeEvent retention');
});

test('every object of the folder has a folder and a description', () => {
  const definitions = loadDefinitions();
  expect(definitions.length).toBeGreaterThan(30);
  for (const definition of definitions) {
    if (definition.kind === 'policy') continue;
    expect(definition).toMatchObject({
      folder: expect.stringMatching(/\w/),
      docString: expect.stringMatching(/\w/),
    });
  }
});

test('every table and view has a retention, a view at least as long a one as its table', () => {
  const definitions = loadDefinitions();
  const days = new Map(
    definitions.flatMap((definition): [string, number][] => {
      if (definition.kind !== 'policy' || definition.policy !== 'retention') return [];
      return [[definition.name, Number(/softdelete = (\d+)d/.exec(definition.setting)?.[1])]];
    }),
  );
  const stored = definitions.filter(({ kind }) => kind === 'table' || kind === 'view').map(nameOf);
  expect([...days.keys()].sort()).toEqual(stored.sort());
  const views = definitions.flatMap((definition) => (definition.kind === 'view' ? [definition] : []));
  const shorter = views.filter(({ name, source }) => !(Number(days.get(name)) >= Number(days.get(source))));
  expect(shorter).toEqual([]);
});

test('objects that need each other are refused with the way round', () => {
  const folder = kustoFolderWith({ 'functions/A.kql': fn('A', 'B()'), 'functions/B.kql': fn('B', 'A()') });
  expect(() => loadDefinitions(folder)).toThrow('these need each other: A > B > A');
});

test('two objects of one name are refused', () => {
  const folder = kustoFolderWith({ 'tables/A.kql': table('A'), 'functions/A.kql': fn('A', 'print 1') });
  expect(() => loadDefinitions(folder)).toThrow('A is defined twice');
});

test('a file that is not named after its object is refused', () => {
  const folder = kustoFolderWith({ 'tables/A.kql': table('B') });
  expect(() => loadDefinitions(folder)).toThrow('defines B; a file is named after its object');
});

test('the policies of a table stand in its file, and come after all objects', () => {
  const folder = kustoFolderWith({
    'tables/A.kql': `${table('A')}\n\n// hot\n.alter table A policy caching hot = 1d\n.alter table A policy ingestiontime true\n`,
    'tables/B.kql': table('B'),
  });
  expect(loadDefinitions(folder).map(nameOf)).toEqual(['A', 'B', 'A caching', 'A ingestiontime']);
});

test.each([
  ['another table', '.alter table B policy streamingingestion enable'],
  ['a view', '.alter materialized-view A policy caching hot = 1d'],
])('a policy of %s than its file defines is refused', (_, policy) => {
  const folder = kustoFolderWith({ 'tables/A.kql': `${table('A')}\n${policy}\n` });
  expect(() => loadDefinitions(folder)).toThrow('A.kql: expected only policies of table A after it');
});

test('a second object in a file is refused', () => {
  const folder = kustoFolderWith({ 'tables/A.kql': `${table('A')}\n${table('B')}\n` });
  expect(() => loadDefinitions(folder)).toThrow('A.kql: expected only policies of table A after it');
});

test('a file without an object is refused', () => {
  const folder = kustoFolderWith({ 'tables/A.kql': '.alter table A policy caching hot = 1d\n' });
  expect(() => loadDefinitions(folder)).toThrow('A.kql: expected a table, view or function');
});

test('a command that is not known is refused with its file and its beginning', () => {
  expect(() => readDefinitions('X.kql', '.drop table Everything')).toThrow(
    'X.kql: not a definition: .drop table Ev',
  );
});

test('comments above a command are for readers only; those inside a body are kept', () => {
  const [read] = readDefinitions('A.kql', `// why A\n${fn('A', '// why 1\n    print 1')}`);
  expect(read).toMatchObject({ name: 'A', body: '    // why 1\n    print 1' });
});
