/** How much one caller may ask: verified clients by their id, everybody else by address, over all instances. */
import {
  type GuardedBackend,
  sha256Of,
  startGuardedBackend,
  tenant,
} from '../../support/access/guarded-backend.ts';
import { startTestApp } from '../../support/backend.ts';
import { startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { until } from '../../support/until.ts';

const token = (client: string): string => `a-static-token-of-${client}-1234567890`;
const clients = Object.fromEntries(
  ['first', 'second', 'generous', 'free'].map((name) => [
    name,
    { grants: ['contoso'], tokens: [sha256Of(token(name))] },
  ]),
);
const b2d =
  '/b2d/v1/build2deployments?adoOrganizationName=contoso&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=1';

const start = (settings: Readonly<Record<string, string>>): Promise<GuardedBackend> =>
  startGuardedBackend({ settings, clients });

interface Told {
  readonly status: number;
  readonly limit: string | null;
  readonly remaining: string | null;
}

async function ask(
  url: string,
  client: string | undefined,
  path = b2d,
): Promise<Told & { body: string; headers: Headers }> {
  const headers: Record<string, string> =
    client === undefined ? {} : { authorization: `Bearer ${client.includes(' ') ? client : token(client)}` };
  const answer = await fetch(url + path, { headers });
  return {
    status: answer.status,
    limit: answer.headers.get('ratelimit-limit'),
    remaining: answer.headers.get('ratelimit-remaining'),
    body: await answer.text(),
    headers: answer.headers,
  };
}

const told = ({ status, limit, remaining }: Told): Told => ({ status, limit, remaining });

/** A test that counts to its limit must not begin at the very end of a minute. */
beforeEach(() => until(() => Date.now() % 60_000 < 55_000));

describe('a client', () => {
  let backend: GuardedBackend;
  beforeAll(async () => {
    backend = await start({
      RATE_LIMIT: '3',
      RATE_LIMITS: 'generous=5,free=0',
      CORS_ORIGINS: 'https://pages.example.com',
    });
  });
  afterAll(() => backend.close());

  it('may ask as much as its limit, and hears what is left; other clients are not touched', async () => {
    const answers = [];
    for (let number = 0; number < 4; number++) answers.push(await ask(backend.url, 'first'));
    expect(answers.map(told)).toEqual([
      { status: 404, limit: '3', remaining: '2' },
      { status: 404, limit: '3', remaining: '1' },
      { status: 404, limit: '3', remaining: '0' },
      { status: 429, limit: '3', remaining: '0' },
    ]);
    expect(told(await ask(backend.url, 'second'))).toEqual({ status: 404, limit: '3', remaining: '2' });
    const refused = answers[3];
    expect(JSON.parse(String(refused?.body))).toEqual({
      code: '429',
      message: 'Too Many Requests: 3 in a minute are allowed.',
      traceId: refused?.headers.get('x-trace-id'),
    });
    const wait = Number(refused?.headers.get('retry-after'));
    expect(refused?.headers.get('ratelimit-reset')).toBe(String(wait));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
  });

  it('may have a limit of its own, or none', async () => {
    expect(told(await ask(backend.url, 'generous'))).toEqual({ status: 404, limit: '5', remaining: '4' });
    expect(told(await ask(backend.url, 'free'))).toEqual({ status: 404, limit: null, remaining: null });
  });

  it('hears of its limit in the answer to a page too', async () => {
    const headers = { origin: 'https://pages.example.com', authorization: `Bearer ${token('second')}` };
    const answer = await fetch(backend.url + b2d, { headers });
    await answer.text();
    expect(answer.headers.get('ratelimit-limit')).toBe('3');
    expect(answer.headers.get('access-control-expose-headers')).toContain(
      'ratelimit-limit, ratelimit-remaining',
    );
  });
});

it('tokens that cannot be checked, because there are no keys yet, count against their address', async () => {
  const backend = await startGuardedBackend({
    settings: { RATE_LIMIT_UNAUTHENTICATED: '2' },
    clients,
    prepare: ({ conduct }) => {
      conduct.authority = 'down';
    },
  });
  const { entra } = backend;
  const answers = [];
  for (let number = 0; number < 3; number++) {
    const token = await entra.token(tenant, { claims: { ...entra.application('any'), jti: number } });
    answers.push(await ask(backend.url, ` ${token}`));
  }
  await backend.close();
  expect(answers.map(told)).toEqual([
    { status: 503, limit: '2', remaining: '1' },
    { status: 503, limit: '2', remaining: '0' },
    { status: 429, limit: '2', remaining: '0' },
  ]);
});

describe('requests without a valid token', () => {
  let backend: GuardedBackend;
  beforeAll(async () => {
    backend = await start({ RATE_LIMIT_UNAUTHENTICATED: '3' });
  });
  afterAll(() => backend.close());

  it('are limited by address, whatever is wrong with them; those with a valid token are not', async () => {
    const answers = [
      await ask(backend.url, undefined),
      await ask(backend.url, 'not a token'),
      await ask(backend.url, undefined, '/docs'),
      await ask(backend.url, undefined),
      await ask(backend.url, undefined, '/docs'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200, 429, 429]);
    expect(JSON.parse(String(answers[3]?.body))).toMatchObject({ code: '429' });
    expect(answers[3]?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answers[3]?.headers.get('www-authenticate')).toBeNull();
    expect((await ask(backend.url, 'first')).status).toBe(404);
  });

  it('are not counted for probes', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      const answer = await ask(backend.url, undefined, path);
      expect([answer.status, answer.limit]).toEqual([200, null]);
    }
  });
});

test('with AUTH=none nobody is limited', async () => {
  const api = await startTestApp('http://127.0.0.1:9', 'D', {
    RATE_LIMIT: '1',
    RATE_LIMIT_UNAUTHENTICATED: '1',
  });
  const statuses = [];
  for (let number = 0; number < 3; number++)
    statuses.push((await ask(api.url, undefined, '/openapi.json')).status);
  expect(statuses).toEqual([200, 200, 200]);
  await api.close();
});

describe('instances that share a Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  it('share a limit; without Redis each goes on by itself', async () => {
    const settings = { RATE_LIMIT: '10', REDIS_URL: redis.url };
    const [one, other] = [await start(settings), await start(settings)];
    for (let number = 0; number < 9; number++) await ask(one.url, 'first');
    await until(
      async () => Number((await ask(other.url, 'second')).remaining) >= 0 && (await shared(redis)) >= 9,
    );
    await ask(other.url, 'first');
    await until(async () => (await ask(other.url, 'first')).status === 429);
    expect((await ask(one.url, 'generous')).status).toBe(404);

    await redis.kill();
    const alone = [];
    for (let number = 0; number < 11; number++) alone.push((await ask(one.url, 'free')).status);
    expect(alone).toEqual([...Array.from({ length: 10 }, () => 404), 429]);
    await Promise.all([one.close(), other.close()]);
  });
});

/** What all instances have counted for the first client. */
async function shared(redis: TestRedis): Promise<number> {
  const keys = (await redis.command(['KEYS', '*client client/first'])) as string[];
  return keys.length === 0 ? 0 : Number(await redis.command(['GET', String(keys[0])]));
}
