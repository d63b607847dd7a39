/**
 * The documentation can be found: every page is linked, and every link leads to a file and to a heading in it. The sums on
 * the page about availability are right.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));
const operations = readdirSync('docs/operations', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/operations/${name.replaceAll(path.sep, '/')}`);
const texts = ['README.md', 'CONTRIBUTING.md', ...pages.map((name) => `docs/${name}`), ...operations];

/** A page without its blocks of code, in which nothing is a link or a heading. */
const proseOf = (page: string): string => readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```/gm, '');

/** The links of a page to files, relative to the root of the repository, with the headings that they name. */
function linksOf(page: string): { readonly file: string; readonly heading: string | undefined }[] {
  const links = proseOf(page).matchAll(/\]\(([^)#\s]*)(?:#([^)]*))?\)/g);
  return [...links]
    .filter(([, target = '']) => !/^[a-z]+:/.test(target))
    .map(([, target = '', heading]) => ({
      file: target === '' ? page : path.normalize(path.join(path.dirname(page), target)),
      heading,
    }));
}

/** The files that a page links to. */
const linkedFiles = (page: string): string[] => linksOf(page).map(({ file }) => file);

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = proseOf(page).matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(pages)('the README links to docs/%s', (name) => {
  expect(linkedFiles('README.md')).toContain(`docs/${name}`);
});

it('the README links to the pages on operations, and their first page to all others', () => {
  const [first, ...others] = [
    'docs/operations/README.md',
    ...operations.filter((page) => !page.endsWith('README.md')),
  ];
  expect(linkedFiles('README.md')).toContain(first);
  expect(others.length).toBeGreaterThan(20);
  expect(others.filter((page) => !linkedFiles(String(first)).includes(page))).toEqual([]);
});

it.each(texts)('every link of %s leads to a file', (page) => {
  expect(linkedFiles(page).filter((file) => !existsSync(file))).toEqual([]);
});

it.each(texts)('every link of %s to a heading leads to one', (page) => {
  const wrong = linksOf(page).filter(
    ({ file, heading }) =>
      heading !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(heading),
  );
  expect(wrong).toEqual([]);
});

it('the sums of availability are right', () => {
  const text = readFileSync('docs/operations/availability.md', 'utf8');
  const sums = [...text.matchAll(/(\d[\d.]*(?: × \d[\d.]*)+) = (\d\.\d+)/g)];
  expect(sums.length).toBeGreaterThan(4);
  for (const [, factors = '', result = ''] of sums) {
    const product = factors.split(' × ').reduce((sum, factor) => sum * Number(factor), 1);
    expect([factors, product.toFixed(result.length - 2)]).toEqual([factors, result]);
  }
});
