/** docs/architecture.md, the boundary rules and the repository's folders say the same. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Rule {
  readonly name: string;
  readonly comment?: string;
}

const rules: readonly Rule[] = createRequire(import.meta.url)('../.dependency-cruiser.cjs').forbidden;
const page = readFileSync('docs/architecture.md', 'utf8');
const { include }: { readonly include: readonly string[] } = JSON.parse(
  readFileSync('tsconfig.json', 'utf8'),
);

/** What each row of the table says that its folder may import, besides net/ and itself. */
const rows = new Map(
  [...page.matchAll(/^\| (\[`.*?) \|.*\| ([^|]+) \|$/gm)].map(([, folder = '', imports = '']) => [
    /^\[`([^`]+?)\/?`\]/.exec(folder)?.[1] ?? '',
    [...imports.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  ]),
);

/** The same of each boundary rule. */
const allowed = new Map(
  rules.flatMap(({ name, comment = '' }) => {
    const [, folder, list = ''] = /^(\S+)\/ may import only: (.*)$/.exec(comment) ?? [];
    if (!name.endsWith('-boundary') || folder === undefined) return [];
    return [[folder, list.split(', ').filter((other) => other !== folder && other !== 'net')] as const];
  }),
);

const unchecked = ['tab', 'bench', 'docs', 'test'];

test('the architecture page has a row for every folder', () => {
  expect(include.length).toBeGreaterThan(10);
  expect([...include, 'tab', 'docs'].filter((folder) => !rows.has(folder))).toEqual([]);
});

test('every row is a boundary rule, but those that the page says nothing checks here', () => {
  expect([...rows.keys()].filter((folder) => !unchecked.includes(folder)).sort()).toEqual(
    [...allowed.keys()].sort(),
  );
});

test.each([...allowed])('the rule and the row of %s/ allow the same', (folder, imports) => {
  expect([...(rows.get(folder) ?? [])].sort()).toEqual([...imports].sort());
});
