/**
 * Sources may be in other people's clusters. A join runs where the query runs and fetches its other side, so what is
 * read from a source is always cut down first: to a window of time, or to keys that were read as a list.
 */
import type { FunctionDefinition } from '../../kusto/schema/definitions.ts';
import { loadDefinitions } from '../../kusto/schema/load.ts';

const functions = loadDefinitions().filter((one): one is FunctionDefinition => one.kind === 'function');
const isSource = ({ name, folder }: FunctionDefinition): boolean =>
  folder === 'Sources' && name.endsWith('Source');
const sources = functions.filter(isSource).map(({ name }) => name);

/** What cuts a source down to what is needed. */
const filter =
  /ingestion_time\(\) >= |ModifiedDate >= startTime and ModifiedDate < endTime|\bin~? \((?!toscalar)[a-z]\w*\)|== asked\w+|=~ asked\w+|Source\(startTime/i;

/** The pipeline that begins at `start`, up to its end: a semicolon, a closing parenthesis, or the end of the body. */
function pipelineAt(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth < 0) return text.slice(start, at);
    if (text[at] === ';' && depth === 0) return text.slice(start, at);
  }
  return text.slice(start);
}

/** The pipelines in `body` that begin with a source. */
function readsOfSources(body: string): string[] {
  const call = new RegExp(`\\b(?:${sources.join('|')})\\(`, 'g');
  return [...body.matchAll(call)].map(({ index }) => pipelineAt(body, index));
}

test('there are sources, and functions that read them', () => {
  expect(sources.length).toBeGreaterThanOrEqual(5);
  expect(functions.flatMap(({ body }) => readsOfSources(body)).length).toBeGreaterThanOrEqual(7);
});

test.each(functions.filter((one) => !isSource(one)).map(({ name, body }): [string, string] => [name, body]))(
  'whatever %s reads from a source is filtered first',
  (_, body) => {
    expect(readsOfSources(body).filter((pipeline) => !filter.test(pipeline))).toEqual([]);
  },
);

test('a read without a filter would be found', () => {
  const [bad] = readsOfSources('X | join kind=inner (BuildArtifactSource() | project A) on A');
  expect(bad).toBe('BuildArtifactSource() | project A');
  expect(filter.test(bad ?? '')).toBe(false);
});

test('no table that a source may replace is read past it', () => {
  const replaced = [
    'ChangeEvent',
    'DeploymentAuditEvent',
    'PFBuilderMessage',
    'EntityChangeEventsMaterializedView',
  ];
  const direct = functions.filter(
    ({ name, folder, body }) =>
      folder !== 'Sources' &&
      replaced.some((table) => new RegExp(`(?:^|[\\s(])${table}\\b(?!\\w)`, 'm').test(body)) &&
      name !== 'GetPFBuilderMessage',
  );
  expect(direct.map(({ name }) => name)).toEqual([]);
});
