/** Builds and deployments with what data has: nulls, empty texts, duplicates, values that are equal in all but case. */
import { parseDatetime } from '../../../../kusto/engine/functions/ticks.ts';
import type { TestTable } from '../kql.ts';
import type { Draw } from './draw.ts';

const MINUTE = 600_000_000n;
const START = parseDatetime('2024-05-30T00:00:00Z') ?? 0n;

export const TEXTS = ['', 'main', 'Main', 'release/1.2', 'web', 'api', 'prod', 'prod-eu', "o'Neil", 'é-1'];

/** The tables of a seed, by name. */
export function drawTables(draw: Draw): Readonly<Record<string, TestTable>> {
  const orNull = <Value>(value: Value): Value | null => (draw.once(6) ? null : value);
  const moment = (): bigint => START + BigInt(draw.below(4 * 24 * 60)) * MINUTE;
  const tags = (): string | null =>
    orNull(JSON.stringify(Array.from({ length: draw.below(4) }, () => draw.pick(TEXTS))));
  const facts = (): string | null =>
    orNull(JSON.stringify({ env: draw.pick(TEXTS), size: draw.below(5), inner: { ring: draw.below(3) } }));
  return {
    Builds: {
      columns:
        'id: long, repo: string, branch: string, number: long, started: datetime, took: timespan, score: real, ok: bool, tags: dynamic, facts: dynamic',
      rows: Array.from({ length: 14 }, (_, id) => [
        BigInt(id),
        draw.pick(TEXTS),
        draw.pick(TEXTS),
        orNull(BigInt(draw.below(6) - 1)),
        orNull(moment()),
        orNull(BigInt(draw.below(90)) * MINUTE),
        orNull(draw.below(20) / 4),
        orNull(BigInt(draw.below(2))),
        tags(),
        facts(),
      ]),
    },
    Deployments: {
      columns: 'id: long, build: long, environment: string, state: string, at: datetime, facts: dynamic',
      rows: Array.from({ length: 18 }, (_, id) => [
        BigInt(id),
        orNull(BigInt(draw.below(16))),
        draw.pick(TEXTS),
        draw.pick(TEXTS),
        orNull(moment()),
        facts(),
      ]),
    },
  };
}
