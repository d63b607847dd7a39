import { readConfig } from '../../backend/config.ts';
import { ConfigError } from '../../settings/reader.ts';

function mistakesOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}

describe('the settings', () => {
  it('need nothing at all on a development machine', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 7071,
      data: { kind: 'embedded', folder: '.data', maxRequests: 32 },
      apis: ['b2d', 'd2b', 'p2b', 'introspection'],
      corsOrigins: [
        'http://localhost:7072',
        'http://127.0.0.1:7072',
        'http://localhost:7073',
        'http://127.0.0.1:7073',
      ],
      cache: {
        freshSeconds: { b2d: 2, d2b: 3600, p2b: 5 },
        growingFreshSeconds: 120,
        staleLimitSeconds: 600,
        megabytes: 32,
      },
      logLevel: 'info',
      drainSeconds: 10,
    });
  });

  it('gives a lookup longer where the engine has to plan queries', () => {
    const cluster = { KUSTO_CLUSTER: 'http://localhost:1', KUSTO_DATABASE: 'D' };
    const deadlines = [{}, cluster, { ...cluster, REQUEST_DEADLINE_MS: '300' }].map(
      (environment) => readConfig(environment).limits.deadlineMs,
    );
    expect(deadlines).toEqual([10_000, 800, 300]);
  });

  it('may name a cluster, reached with the identity of the machine', () => {
    const { data } = readConfig({
      KUSTO_CLUSTER: 'https://x.westeurope.kusto.windows.net/',
      KUSTO_DATABASE: 'D',
      KUSTO_CLIENT_ID: 'c',
    });
    expect(data).toEqual({
      kind: 'cluster',
      kusto: {
        cluster: 'https://x.westeurope.kusto.windows.net',
        database: 'D',
        auth: { mode: 'managedIdentity', clientId: 'c' },
        maxRequests: 32,
        callerShare: 0.5,
      },
    });
  });

  it.each([
    ['redis://localhost:6379', {}, { mode: 'url' }],
    ['rediss://:password@cache.example:6380/2', {}, { mode: 'url' }],
    ['rediss://cache.example:10000', { REDIS_AUTH: 'azureCli' }, { mode: 'azureCli' }],
    ['rediss://cache.example:10000', { REDIS_AUTH: 'managedIdentity' }, { mode: 'managedIdentity' }],
    [
      'rediss://cache.example:10000',
      { REDIS_AUTH: 'managedIdentity', REDIS_CLIENT_ID: 'c' },
      { mode: 'managedIdentity', clientId: 'c' },
    ],
  ])('may name a Redis: %s %j', (url, settings, auth) => {
    expect(readConfig({ REDIS_URL: url, ...settings }).redis).toEqual({ url, auth });
  });

  it('need no Redis', () => {
    expect(readConfig({ REDIS_AUTH: 'managedIdentity' }).redis).toBeUndefined();
  });

  it.each([
    ['http://cache.example', {}, 'must be a URL such as rediss://name.region.redis.azure.net:10000'],
    ['rediss://cache.example/keys', {}, 'must be a URL such as rediss://name.region.redis.azure.net:10000'],
    [
      'redis://cache.example',
      {},
      'must begin with rediss://, unless it is on this machine and REDIS_AUTH is url',
    ],
    [
      'redis://localhost',
      { REDIS_AUTH: 'azureCli' },
      'must begin with rediss://, unless it is on this machine and REDIS_AUTH is url',
    ],
    [
      'rediss://:hidden@cache.example',
      { REDIS_AUTH: 'managedIdentity' },
      'must not have a password where REDIS_AUTH is managedIdentity',
    ],
  ])('must not send data or tokens where others read them: %s %j', (url, settings, mistake) => {
    expect(mistakesOf({ REDIS_URL: url, ...settings })).toEqual([`REDIS_URL ${mistake}.`]);
  });

  it('may look D2B up ahead at night', () => {
    const settings = { D2B_WARM_UP: '22-5', D2B_CACHE_SECONDS: '43200', REDIS_URL: 'redis://localhost' };
    const warmUp = { fromHour: 22, toHour: 5, days: 14, mostLookups: 20_000 };
    expect(readConfig(settings).warmUp).toEqual(warmUp);
    expect(readConfig({ ...settings, APIS: 'b2d' }).warmUp).toBeUndefined();
    expect(mistakesOf({ D2B_WARM_UP: '22-5' })).toEqual([
      'D2B_WARM_UP needs REDIS_URL: that is where it keeps the answers.',
      'D2B_CACHE_SECONDS must be at least 43200 where D2B_WARM_UP is set.',
    ]);
    for (const wrong of ['5', '5-5', '0-24', '1-5-7', '-1-5'])
      expect(mistakesOf({ D2B_WARM_UP: wrong })).toEqual([
        'D2B_WARM_UP must be two different hours from 0 to 23 such as 1-5.',
      ]);
  });

  it('select APIs in any case and order', () => {
    expect(readConfig({ APIS: 'P2B, b2d' }).apis).toEqual(['b2d', 'p2b']);
  });

  it('select the changelog and the gates too, each for itself', () => {
    const secret = { CHANGELOG_SECRET: 'correct horse battery staple' };
    expect(readConfig(secret)).toMatchObject({ changelog: {}, gates: {} });
    expect(readConfig({ ...secret, APIS: 'b2d' })).toMatchObject({ changelog: undefined, gates: undefined });
    expect(readConfig({ ...secret, APIS: 'changelog' })).toMatchObject({
      apis: [],
      changelog: {},
      gates: undefined,
    });
    expect(readConfig({ ...secret, APIS: 'gates' })).toMatchObject({ changelog: undefined, gates: {} });
  });

  it.each([
    ['jobs', true],
    ['b2d,jobs', true],
    ['b2d', false],
    ['', true],
  ])('run the mapping jobs with APIS=%s and without a changelog: %s', (APIS, jobs) => {
    const cluster = { KUSTO_CLUSTER: 'http://localhost:1', KUSTO_DATABASE: 'D' };
    expect(readConfig({ ...cluster, APIS })).toMatchObject({ jobs, changelog: undefined });
  });

  it('say what a changelog needs that is asked for by name', () => {
    expect(mistakesOf({ APIS: 'changelog' })).toEqual([
      'APIS names changelog, so CHANGELOG_SECRET, CHANGELOG_ORGANIZATION_SECRETS, CHANGELOG_STORAGE or CHANGELOG_RECONCILE must be set.',
    ]);
  });

  it('count as unset when they are empty', () => {
    expect(readConfig({ PORT: '', HOST: ' ' })).toMatchObject({ port: 7071, host: '127.0.0.1' });
  });

  it('are all named when all are wrong', () => {
    const mistakes = mistakesOf({
      PORT: '70710',
      HOST: '0.0.0.0',
      AUTH: 'magic',
      APIS: 'b2d,x',
      KUSTO_CLUSTER: 'ftp://x',
      KUSTO_MAX_REQUESTS: 'many',
      CORS_ORIGINS: '*',
      LOG_LEVEL: 'loud',
      B2D_CACHE_SECONDS: '-1',
    });
    expect(mistakes.map((mistake) => mistake.split(' ', 1)[0]).sort()).toEqual([
      'APIS',
      'AUTH',
      'B2D_CACHE_SECONDS',
      'CORS_ORIGINS',
      'HOST',
      'KUSTO_CLUSTER',
      'KUSTO_DATABASE',
      'KUSTO_MAX_REQUESTS',
      'LOG_LEVEL',
      'PORT',
    ]);
  });

  it.each(['0.0.0.0', '::', '10.0.0.4', 'example.com', '127.0.0.1.example.com'])(
    'refuse to listen on %s while nobody checks tokens',
    (HOST) => {
      expect(mistakesOf({ HOST })).toEqual([
        'HOST must be a loopback address (127.0.0.1, ::1, localhost) while AUTH is none.',
      ]);
    },
  );

  it('never send a token over plain http', () => {
    const environment = { KUSTO_CLUSTER: 'http://x.example.com', KUSTO_DATABASE: 'D' };
    expect(mistakesOf(environment)).toEqual([
      'KUSTO_CLUSTER must begin with https:// where a token is sent.',
    ]);
  });

  it('never go to a cluster elsewhere without a token', () => {
    const environment = { KUSTO_CLUSTER: 'https://x.example.com', KUSTO_DATABASE: 'D', KUSTO_AUTH: 'none' };
    expect(mistakesOf(environment)).toEqual([
      'KUSTO_AUTH may be none only for a KUSTO_CLUSTER on this machine.',
    ]);
  });

  it('never repeat a value, which may be a secret in the wrong place', () => {
    const environment = { KUSTO_CLUSTER: 'https://user:hunter2@x', PORT: 'hunter2', APIS: 'hunter2' };
    expect(mistakesOf(environment).join()).not.toContain('hunter2');
  });
});
