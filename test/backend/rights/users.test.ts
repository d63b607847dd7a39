/** Users, while Azure DevOps and Entra ID do not simply say yes or no. */
import { kustoOf, organization, own, usualTable } from '../../support/access/builds-table.ts';
import {
  foreignTenant,
  type GuardedBackend,
  startGuardedBackend,
  tenant,
} from '../../support/access/guarded-backend.ts';

let backend: GuardedBackend;

beforeAll(async () => {
  backend = await startGuardedBackend({ answer: kustoOf(usualTable) });
  backend.organizations.tenants.set('personal', '00000000-0000-0000-0000-000000000000');
});
afterAll(() => backend.close());
beforeEach(() => {
  backend.organizations.conduct = { kind: 'up' };
  backend.entra.conduct.exchangeFailure = undefined;
  backend.entra.conduct.authority = 'up';
});

let count = 0;
/** Every test has users of its own, of whom nothing is remembered. */
async function newUser(...projects: readonly string[]): Promise<string> {
  count += 1;
  const id = `user-${count}`;
  for (const project of projects) backend.organizations.readers.add(`${id} ${organization}/${project}`);
  return backend.entra.token(tenant, { claims: backend.entra.user(id) });
}

const b2d = (token: string, of = organization, id = 1, headers: Record<string, string> = {}) =>
  fetch(
    `${backend.url}/b2d/v1/build2deployments?adoOrganizationName=${of}&adoProjectId=${own}&adoBuildId=${id}`,
    {
      headers: { authorization: `Bearer ${token}`, ...headers },
    },
  );
const d2b = (token: string, id: string) =>
  fetch(`${backend.url}/d2b/v1/deployment2build?deploymentSource=expressv2&deploymentId=${id}`, {
    headers: { authorization: `Bearer ${token}` },
  });

const messageOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { readonly message: string }).message;

describe('while Azure DevOps does not answer', () => {
  it.each(['down', 'throttling', 'silent'] as const)(
    '(%s) what was allowed stays, and nothing else is shown',
    async (kind) => {
      const token = await newUser(own);
      expect((await b2d(token)).status).toBe(200);
      const stranger = await newUser(own);
      backend.organizations.conduct = { kind };
      expect((await b2d(token)).status).toBe(200);
      for (const answer of [
        await b2d(stranger),
        await b2d(stranger, organization, 99),
        await d2b(stranger, 'own'),
      ]) {
        expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
        expect(await answer.json()).toMatchObject({ code: '503', message: 'Service Unavailable' });
      }
      backend.organizations.conduct = { kind: 'up' };
    },
  );

  it('is asked no more after some failures, and again soon', async () => {
    const tokens = await Promise.all(Array.from({ length: 12 }, () => newUser(own)));
    backend.organizations.conduct = { kind: 'down' };
    backend.organizations.asked.length = 0;
    for (const token of tokens) expect((await b2d(token)).status).toBe(503);
    expect(backend.organizations.asked.length).toBeLessThan(tokens.length);
    backend.organizations.conduct = { kind: 'up' };
    const [token = ''] = tokens;
    while ((await b2d(token)).status === 503) await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await b2d(token)).status).toBe(200);
  });
});

describe('an answer that says nothing about the user', () => {
  it('from an organization of another tenant is no refusal, and names the reason', async () => {
    const token = await newUser(own);
    const answer = await b2d(token, 'elsewhere');
    expect(answer.status).toBe(403);
    expect(await messageOf(answer)).toMatch(/another tenant/);
    backend.organizations.tenants.set('elsewhere', tenant);
    backend.organizations.readers.add(`user-${count} elsewhere/${own}`);
    expect((await b2d(token, 'elsewhere')).status).toBe(200);
    backend.organizations.tenants.set('elsewhere', foreignTenant);
  });

  it('from an organization that Entra ID does not back names the reason', async () => {
    const answer = await b2d(await newUser(own), 'personal');
    expect([answer.status, await messageOf(answer)]).toEqual([
      403,
      expect.stringMatching(/not backed by Microsoft Entra ID/),
    ]);
  });

  it('is not asked for from a collection of a server', async () => {
    backend.organizations.asked.length = 0;
    const answer = await b2d(await newUser(own), 'tfs.example.com%2Ftfs%2Fmain');
    expect([answer.status, backend.organizations.asked]).toEqual([403, []]);
  });
});

describe('a challenge', () => {
  it('of Entra ID goes back to the page', async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
    backend.entra.conduct.exchangeFailure = {
      error: 'interaction_required',
      suberror: 'basic_action',
      claims,
    };
    const answer = await b2d(await newUser(own), organization, 1, { 'if-none-match': '*' });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer error="insufficient_claims", claims="${btoa(claims)}"`,
    ]);
    expect(await answer.json()).toMatchObject({ code: '401', message: 'Unauthorized' });
  });

  it('of Azure DevOps goes back to the page', async () => {
    const token = await newUser(own);
    backend.organizations.conduct = { kind: 'challenging' };
    const answer = await b2d(token);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer error="insufficient_claims", claims="${btoa('{"access_token":{}}')}"`,
    ]);
  });

  it('is told from missing consent', async () => {
    backend.entra.conduct.exchangeFailure = { error: 'invalid_grant', suberror: 'consent_required' };
    const answer = await b2d(await newUser(own));
    expect([answer.status, await messageOf(answer)]).toEqual([
      403,
      expect.stringMatching(/^Consent is missing/),
    ]);
  });
});

it('answers 503 while Entra ID exchanges no tokens', async () => {
  const token = await newUser(own);
  backend.entra.conduct.authority = 'down';
  const answer = await b2d(token);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
});

it.each(['the exchange of tokens', 'Azure DevOps'])(
  'lets a user whom %s refuses stop no questions about others',
  async (refusing) => {
    const attacker = await newUser();
    if (refusing === 'Azure DevOps') backend.organizations.conduct = { kind: 'throttling' };
    else backend.entra.conduct.exchangeFailure = { error: 'invalid_grant' };
    for (let request = 0; request < 6; request++) expect((await b2d(attacker, 'fabrikam')).status).toBe(503);
    backend.organizations.conduct = { kind: 'up' };
    backend.entra.conduct.exchangeFailure = undefined;
    const token = await newUser();
    backend.organizations.readers.add(`user-${count} fabrikam/${own}`);
    expect((await b2d(token, 'fabrikam')).status).toBe(200);
  },
);

it.each<Readonly<Record<string, string>>>([
  { error: 'interaction_required', claims: '{"access_token":{}}' },
  { error: 'invalid_grant', suberror: 'consent_required' },
  { error: 'invalid_grant' },
])('an error of the exchange ($error) does not tell what is hidden from what is unknown', async (failure) => {
  backend.entra.conduct.exchangeFailure = failure;
  const token = await newUser();
  const answers = await Promise.all(['foreign', 'without', 'nothing'].map((id) => d2b(token, id)));
  const [hidden, ...others] = await Promise.all(
    answers.map(async (answer) => {
      const challenge = answer.headers.get('www-authenticate');
      return [answer.status, challenge, await messageOf(answer)];
    }),
  );
  expect(hidden?.[0]).not.toBe(404);
  expect(others).toEqual([hidden, hidden]);
});
