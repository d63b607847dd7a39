/** The words for states: api/states.ts and the KQL function DeploymentStateOf say the same. */
import fc from 'fast-check';
import { deploymentState, stateWords } from '../../api/states.ts';
import { loadDefinitions } from '../../kusto/schema/load.ts';
import { type DataLayer, startDataLayer } from '../support/engine/data-layer.ts';

let layer: DataLayer;
beforeAll(async () => {
  layer = await startDataLayer();
});
afterAll(() => layer.stop());

async function inKql(words: readonly string[]): Promise<string[]> {
  const rows = await layer.database.query(
    `declare query_parameters(words: string);
print Word = parse_json(words)
| mv-expand with_itemindex = Position Word to typeof(string)
| order by Position asc
| project State = DeploymentStateOf(Word)`,
    { words: JSON.stringify(words) },
  );
  return rows.map(({ State }) => String(State));
}

test('every word of the contract means the same in KQL', async () => {
  const words = Object.values(stateWords).flat();
  expect(words.length).toBeGreaterThan(50);
  expect(await inKql(words)).toEqual(words.map(deploymentState));
});

test('every word of the KQL function means the same in the contract', async () => {
  const definition = loadDefinitions().find((one) => one.kind === 'function' && one.name === 'StateOfWord');
  const body = definition?.kind === 'function' ? definition.body : '';
  const words = [...body.matchAll(/'([^']+)'/g)].map(([, word]) => word ?? '');
  expect(words.length).toBeGreaterThan(50);
  expect(await inKql(words)).toEqual(words.map(deploymentState));
});

test('words as orchestrators write them, and words that nobody knows, mean the same on both sides', async () => {
  const known = fc.constantFrom(...Object.values(stateWords).flat(), 'blocked', 'unblocked', 'quarantined');
  const cased = fc
    .tuple(known, fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }))
    .map(([word, upper]) => [...word].map((c, i) => (upper[i] ? c.toUpperCase() : c)).join(''));
  const spaced = fc
    .tuple(cased, fc.nat(20), fc.constantFrom(' ', '-', '_', '. ', '\u00a0'))
    .map(([word, at, gap]) => word.slice(0, at) + gap + word.slice(at));
  const phrase = fc
    .tuple(spaced, fc.constantFrom('', ' by policy', ': freeze', ' again', 'ed', '\u0130'))
    .map((parts) => parts.join(''));
  const words = fc.sample(fc.oneof(phrase, spaced, cased, fc.string({ unit: 'grapheme' })), {
    numRuns: 2_000,
    seed: 11,
  });
  expect(await inKql(words)).toEqual(words.map(deploymentState));
});
