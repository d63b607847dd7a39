/**
 * Mutated payloads: fields dropped, types changed, huge strings, deep nesting, bad UTF-8. None may crash the
 * processor; each is stored in part or set aside with a reason. `CHANGELOG_MUTATIONS` sets how many (1,000 by
 * default), `CHANGELOG_SEED` repeats a failure. Run by engine.test.ts.
 */

import fc from 'fast-check';
import Fastify from 'fastify';
import { webhookPath } from '../../api/paths.ts';
import { changelogTables } from '../../changelog/events/catalogue.ts';
import { processingSink, webhookInlet, webhookSecretHeader } from '../../changelog/intake/webhook.ts';
import type { TestChangelog } from '../support/changelog/changelog.ts';
import {
  approvalEvent,
  buildEvent,
  jobEvent,
  pullRequestEvent,
  pushEvent,
  releaseDeploymentEvent,
  runEvent,
  stageEvent,
} from '../support/changelog/events.ts';

const mutations = Number(process.env.CHANGELOG_MUTATIONS ?? 300);
const seed = Number(process.env.CHANGELOG_SEED ?? 20_191_002);
const secret = 'a secret for this test';

const templates = [
  runEvent(),
  stageEvent(),
  jobEvent(),
  buildEvent(),
  pushEvent(),
  pullRequestEvent(),
  releaseDeploymentEvent('completed'),
  approvalEvent('pending'),
];

const strange = fc.oneof(
  fc.constantFrom(
    null,
    true,
    -1,
    1.5,
    1e308,
    2 ** 53,
    '',
    ' ',
    [],
    {},
    [[]],
    '\u0000',
    '\uD800',
    "'; .drop table RunEvent",
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.nat(200_000).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 1, max: 80 }).map((depth) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)),
  fc.jsonValue(),
);

/** Replaces or drops some of the values of an event, wherever they are. */
function mutate(event: unknown, changes: readonly { at: number; to: unknown; drop: boolean }[]): unknown {
  const copy: unknown = structuredClone(event);
  const places: [Record<string, unknown>, string][] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const name of Object.keys(value)) {
      const owner = value as Record<string, unknown>;
      places.push([owner, name]);
      visit(owner[name]);
    }
  };
  visit(copy);
  for (const { at, to, drop } of changes) {
    const [owner, name] = places[at % places.length] ?? [];
    if (!owner || name === undefined) continue;
    if (drop) delete owner[name];
    else owner[name] = to;
  }
  return copy;
}

const changes = fc.array(fc.record({ at: fc.nat(), to: strange, drop: fc.boolean() }), {
  minLength: 1,
  maxLength: 4,
});

const payload = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...templates), changes)
      .map(([event, some]) => Buffer.from(JSON.stringify(mutate(event, some)))),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...templates), fc.nat(), fc.nat(255)).map(([event, at, byte]) => {
      const bytes = Buffer.from(JSON.stringify(event));
      bytes[at % bytes.length] = byte;
      return bytes;
    }),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
);

export function mutationSuite(changelog: () => TestChangelog): void {
  describe(`${mutations} mutated payloads (seed ${seed})`, () => {
    it('are each stored in part or set aside with a reason, and none is an error', async () => {
      const app = Fastify();
      let handled = 0;
      const { processor } = changelog();
      const sink = processingSink(processor);
      await webhookInlet(app, { secrets: [secret], sink });
      const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}${webhookPath}`;
      const before = await rowsInTables(changelog());

      const bodies = fc.sample(payload, { numRuns: mutations, seed }).values();
      const statuses = new Set<number>();
      const lane = async (): Promise<void> => {
        for (const body of bodies) {
          const response = await fetch(url, {
            method: 'POST',
            body: new Uint8Array(body),
            headers: { [webhookSecretHeader]: secret },
          });
          statuses.add(response.status);
          handled++;
        }
      };
      await Promise.all(Array.from({ length: 100 }, lane));
      await app.close();

      expect([...statuses]).toEqual([202]);
      expect(handled).toBe(mutations);
      expect((await rowsInTables(changelog())) - before).toBeGreaterThanOrEqual(mutations);
      const withoutReason = await changelog().query('SetAsideEvent | where isempty(Reason) | count');
      expect(withoutReason).toEqual([{ Count: 0 }]);
    });
  });
}

async function rowsInTables(changelog: TestChangelog): Promise<number> {
  let rows = 0;
  for (const table of changelogTables) {
    const [row] = await changelog.query(`${table} | count`);
    rows += Number(row?.Count);
  }
  return rows;
}
