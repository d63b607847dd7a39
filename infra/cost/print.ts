/** Reads prices, and prints what an environment costs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isObject } from '../json.ts';
import type { CostLine, Costs, Prices } from './cost.ts';

/** A file of prices that is not one. */
export class PriceError extends Error {}

/** The list prices of this folder, and those of a file, which go before them. @throws PriceError */
export function readPrices(file: string | undefined): Prices {
  const own = pricesIn(path.join(import.meta.dirname, 'prices.json'));
  return new Map([...own, ...(file === undefined ? [] : pricesIn(file))]);
}

function pricesIn(file: string): [string, number][] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new PriceError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  if (!isObject(content)) throw new PriceError(`${file} must be an object of prices by meter`);
  return Object.entries(content)
    .filter(([meter]) => meter !== '$comment')
    .map(([meter, given]) => {
      const price = isObject(given) ? given.price : given;
      if (typeof price !== 'number' || !(price >= 0))
        throw new PriceError(`${file}: the price of "${meter}" must be a number, 0 or more`);
      return [meter, price];
    });
}

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** The lines to print, as a table in Markdown with a sum of what is known for each part. */
export function printed({ month, requests, events }: Costs, prices: Prices): string[] {
  return [
    ...table('A month, whatever the load', month, prices),
    ...table('More for a month of 1,000 requests a second, none of them from a cache', requests, prices),
    ...table('More for a million events', events, prices),
  ];
}

function table(title: string, lines: readonly CostLine[], prices: Prices): string[] {
  const used = lines.filter(({ quantity }) => quantity > 0);
  const unknown = [...new Set(used.map(({ meter }) => meter).filter((meter) => !prices.has(meter)))];
  const total = used.reduce((sum, { quantity, meter }) => sum + quantity * (prices.get(meter) ?? 0), 0);
  const formula = unknown.map((meter) => {
    const quantity = used
      .filter((line) => line.meter === meter)
      .reduce((sum, line) => sum + line.quantity, 0);
    return ` + ${number.format(quantity)} × P(${meter})`;
  });
  return [
    `${title}: ${money.format(total)}${formula.join('')}`,
    '',
    '| what | quantity | meter | price | dollars |',
    '| --- | ---: | --- | ---: | ---: |',
    ...used.map(({ what, quantity, meter }) => {
      const price = prices.get(meter);
      const cost = price === undefined ? '' : money.format(quantity * price);
      return `| ${what} | ${number.format(quantity)} | ${meter} | ${price ?? 'P'} | ${cost} |`;
    }),
    '',
  ];
}
