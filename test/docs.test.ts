/** The documentation can be found: every page is linked from the README, and every link leads to a file. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));
const texts = ['README.md', 'CONTRIBUTING.md', ...pages.map((name) => `docs/${name}`)];

/** The files that a page links to, relative to the root of the repository. */
function linkedFiles(page: string): string[] {
  const links = readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g);
  return [...links]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => path.normalize(path.join(path.dirname(page), target)));
}

it.each(pages)('the README links to docs/%s', (name) => {
  expect(linkedFiles('README.md')).toContain(`docs/${name}`);
});

it.each(texts)('every link of %s leads to a file', (page) => {
  expect(linkedFiles(page).filter((file) => !existsSync(file))).toEqual([]);
});
