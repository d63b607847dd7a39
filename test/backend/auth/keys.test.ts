/** The keys of a tenant: rotated under load, away while a process starts, and away while it runs. */
import { SigningKeys } from '../../../backend/auth/signing-keys.ts';
import { type GuardedBackend, startGuardedBackend, tenant } from '../../support/access/guarded-backend.ts';
import { until } from '../../support/until.ts';

const client = '00000000-0000-4000-8000-0000000000cc';
const clients = { [client]: { grants: ['contoso'] } };
let backend: GuardedBackend;
afterEach(() => backend.close());

const token = (claims: Record<string, unknown> = {}, kid?: string) =>
  backend.entra.token(tenant, {
    claims: { ...backend.entra.application(client), ...claims },
    ...(kid !== undefined && { kid }),
  });
/** 404 stands for a caller that was accepted: Kusto knows nothing. */
const ask = async (bearer: string) => {
  const path = '/d2b/builds?deploymentSource=expressv2&deploymentId=a';
  const { status, headers } = await fetch(backend.url + path, {
    headers: { authorization: `Bearer ${bearer}` },
  });
  return { status, retryAfter: headers.get('retry-after') };
};
const accepted = { status: 404, retryAfter: null };

it('may be rotated under load without a good token refused', async () => {
  backend = await startGuardedBackend({ clients });
  expect(await ask(await token())).toEqual(accepted);
  const fetches = backend.entra.counts.keyFetches;
  // As in Entra ID, a new key is published before tokens are signed with it; this process has not seen it.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const newKey = await backend.entra.addKey(tenant);
  const tokens = await Promise.all(
    Array.from({ length: 60 }, (_value, index) =>
      token({ jti: index }, index % 2 === 0 ? newKey : `first-of-${tenant}`),
    ),
  );
  expect(new Set((await Promise.all(tokens.map(ask))).map(({ status }) => status))).toEqual(new Set([404]));
  expect(backend.entra.counts.keyFetches).toBe(fetches + 1);
});

it('are never fetched for each request, whatever keys callers name', async () => {
  backend = await startGuardedBackend({ clients });
  await ask(await token());
  const before = backend.entra.counts.keyFetches;
  const { SignJWT, generateKeyPair } = await import('jose');
  const { privateKey } = await generateKeyPair('RS256');
  const forged = await Promise.all(
    Array.from({ length: 50 }, (_value, index) =>
      new SignJWT({ tid: tenant, iss: `${backend.entra.url}/${tenant}/v2.0` })
        .setProtectedHeader({ alg: 'RS256', kid: `made-up-${index}` })
        .sign(privateKey),
    ),
  );
  for (const one of forged) expect((await ask(one)).status).toBe(401);
  expect(backend.entra.counts.keyFetches - before).toBeLessThanOrEqual(3);
});

it.each(['down', 'silent'] as const)('stay in use while the issuer is %s', async (authority) => {
  backend = await startGuardedBackend({ clients });
  expect(await ask(await token())).toEqual(accepted);
  backend.entra.conduct.authority = authority;
  for (let index = 0; index < 5; index++) expect(await ask(await token({ jti: index }))).toEqual(accepted);
});

it.each(['down', 'silent'] as const)(
  'that are not here yet, because the issuer is %s, give 503 and not 401',
  async (authority) => {
    backend = await startGuardedBackend({
      clients,
      prepare: ({ conduct }) => {
        conduct.authority = authority;
      },
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_value, index) => ask(await token({ jti: index }))),
    );
    for (const answer of answers) expect(answer).toEqual({ status: 503, retryAfter: '2' });
    expect(backend.entra.counts.keyFetches).toBeLessThanOrEqual(4);
    // What needs no key is answered as ever.
    expect((await ask('nothing')).status).toBe(401);
    backend.entra.conduct.authority = 'up';
    await until(async () => (await ask(await token())).status === 404);
  },
);

it('that cannot be read do not replace the last good ones', async () => {
  backend = await startGuardedBackend({ clients });
  const problems: string[] = [];
  const keys = new SigningKeys({
    url: `${backend.entra.url}/${tenant}/discovery/v2.0/keys`,
    onFailure: (message) => problems.push(message),
    cooldownMs: 0,
  });
  const header = { alg: 'RS256', kid: `first-of-${tenant}` };
  keys.start();
  expect(await keys.keyFor(header)).toBeDefined();
  backend.entra.conduct.authority = 'down';
  await expect(keys.keyFor({ ...header, kid: 'newer' })).rejects.toThrow('does not give its keys');
  expect(await keys.keyFor(header)).toBeDefined();
  expect(problems.join()).toContain('503');
  backend.entra.conduct.authority = 'up';
  await expect(keys.keyFor({ ...header, kid: 'newer' })).rejects.toThrow('no applicable key');
  keys.stop();
});
