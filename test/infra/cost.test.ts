/** `npm run infra -- cost`: quantities from what is deployed, prices from files, and the page that shows them. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CostLine, costsOf, measured } from '../../infra/cost/cost.ts';
import { readPrices } from '../../infra/cost/print.ts';
import { runInfra } from '../../infra/index.ts';
import { loadSources, type Sources } from '../../infra/sources.ts';

const page = readFileSync('docs/operations/capacity.md', 'utf8');

function run(...given: string[]) {
  const printed: string[] = [];
  const add = (text: string) => printed.push(text);
  const code = runInfra(['cost', ...given], { out: add, err: add });
  return { code, printed: printed.join('\n') };
}

const file = path.join(mkdtempSync(path.join(tmpdir(), 'prices-')), 'prices.json');

/** What lines cost by the list prices, those without one left out. */
const dollars = (lines: readonly CostLine[]): number => {
  const prices = readPrices(undefined);
  return lines.reduce((sum, { quantity, meter }) => sum + quantity * (prices.get(meter) ?? 0), 0);
};

test('the page shows what the command prints, and has the figures that it counts with', () => {
  const { code, printed } = run('--env', 'prod');
  expect(code).toBe(0);
  expect(page).toContain(printed.trim());
  expect(page).toContain('2,122 a second with 8 callers');
  expect(2 * measured.lookupsOfCore).toBe(2_122);
  expect(page).toContain(`${measured.eventsOfTwoCores.toLocaleString('en-US')} a second`);
  expect(page).toContain(`${measured.telemetryOfRequest * 1e6} µs of a core for a request`);
});

test('one plan for all apps has the instances of one, as the page says', () => {
  const sources = loadSources();
  const prod = sources.environments.get('prod');
  const shared: Sources = {
    ...sources,
    environments: new Map(
      prod && [['prod', { ...prod, settings: { ...prod.settings, planGrouping: 'all' } }]],
    ),
  };
  const plans = ({ month }: ReturnType<typeof costsOf>) =>
    dollars(month.filter(({ meter }) => meter.startsWith('functions'))).toLocaleString('en-US', {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    });
  expect(page).toContain(
    `$${plans(costsOf(shared, 'prod'))} a month instead of $${plans(costsOf(sources, 'prod'))}`,
  );
});

test('instances that are too few for the requests are counted, and a price of ours is used', () => {
  writeFileSync(
    file,
    JSON.stringify({
      'functions vCPU, hour': 1,
      'functions GiB, hour': { price: 0 },
      'Front Door Premium, 10,000 requests': 0,
      'Log Analytics, GB': 0,
    }),
  );
  // EP1 is one core: 1.7 and one to spare are 3, of which 1 is ready.
  const { printed } = run('--env', 'int', '--prices', file);
  expect(printed).toContain('none of them from a cache: $1,460.00\n');
  expect(printed).toContain('| 2 more EP1 in each region: cores | 1,460 |');
  expect(printed).toContain('+ 730 × P(Redis Balanced_B0, hour)');
});

test('what is wrong with a file of prices is said', () => {
  writeFileSync(file, '{ "Log Analytics, GB": "2" }');
  expect(run('--env', 'int', '--prices', file)).toMatchObject({
    code: 2,
    printed: expect.stringContaining('the price of "Log Analytics, GB" must be a number, 0 or more'),
  });
  writeFileSync(file, '[');
  expect(run('--env', 'int', '--prices', file).printed).toContain(file);
  writeFileSync(file, '[]');
  expect(run('--env', 'int', '--prices', file).printed).toContain('must be an object of prices by meter');
  expect(run().printed).toContain('--env is needed');
  expect(run('--env', 'x').printed).toContain('There is no environment x');
});

test('every list price has its source and date', () => {
  const { $comment: _comment, ...prices } = JSON.parse(readFileSync('infra/cost/prices.json', 'utf8'));
  for (const one of Object.values(prices))
    expect(one).toMatchObject({
      price: expect.any(Number),
      source: expect.stringContaining('https://'),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
});
