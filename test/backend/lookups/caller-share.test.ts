/** One caller may have a share of the lookups under way at Kusto; others are answered meanwhile. */
import { type GuardedBackend, sha256Of, startGuardedBackend } from '../../support/access/guarded-backend.ts';
import { until } from '../../support/until.ts';

let backend: GuardedBackend;

const clientOf = (name: string) => ({ grants: ['contoso'], tokens: [sha256Of(`token-of-${name}`)] });

beforeAll(async () => {
  backend = await startGuardedBackend({
    clients: { greedy: clientOf('greedy'), modest: clientOf('modest') },
    settings: { KUSTO_MAX_REQUESTS: '4', KUSTO_CALLER_SHARE: '50' },
    // What is held must not be given up on a busy machine: its place would go to the next.
    kustoTimeoutMs: 60_000,
  });
});
afterAll(() => backend.close());

async function ask(client: string, buildId: number): Promise<number> {
  const query = `adoOrganizationName=contoso&adoProjectId=00000000-0000-4000-8000-000000000001&adoBuildId=${buildId}`;
  const response = await fetch(`${backend.url}/b2d/v1/build2deployments?${query}`, {
    headers: { authorization: `Bearer token-of-${client}` },
  });
  await response.body?.cancel();
  return response.status;
}

it('leaves places to others', async () => {
  const before = backend.kusto.asked.length;
  const open = backend.kusto.hold();
  const greedy = [1, 2, 3, 4, 5, 6].map((buildId) => ask('greedy', buildId));
  await until(() => backend.kusto.asked.length === before + 2);
  const modest = ask('modest', 7);
  await until(() =>
    backend.kusto.asked.some(({ parameters }) => String(parameters.AdoBuildId).includes('7')),
  );
  expect(backend.kusto.asked.length).toBe(before + 3);
  open();
  expect(await modest).toBe(404);
  for (const status of await Promise.all(greedy)) expect([404, 429]).toContain(status);
});
