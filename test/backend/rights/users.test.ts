/** Users, while Azure DevOps and Entra ID do not simply say yes or no. */
import { kustoOf, organization, own, usualTable } from '../../support/access/builds-table.ts';
import {
  foreignTenant,
  type GuardedBackend,
  startGuardedBackend,
  tenant,
} from '../../support/access/guarded-backend.ts';
import { until } from '../../support/until.ts';

let backend: GuardedBackend;

const projectOf = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const table = {
  ...usualTable,
  /** Builds of 200 projects, and of one. */
  many: Array.from({ length: 200 }, (_value, index) => `${projectOf(1_000 + index)}/${index}`),
  several: Array.from({ length: 10 }, (_value, index) => `${projectOf(1_000 + index)}/${index}`),
  odd: ['../7', '%2e%2e/7', '/7', `${own}?x/7`],
};

beforeAll(async () => {
  backend = await startGuardedBackend({ answer: kustoOf(table) });
  backend.organizations.tenants.set('personal', '00000000-0000-0000-0000-000000000000');
});
afterAll(() => backend.close());
beforeEach(() => {
  backend.organizations.conduct = { kind: 'up' };
  backend.organizations.projectsInPage = 1_000;
  backend.organizations.asked.length = 0;
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

describe('a deployment with builds of 200 projects', () => {
  const buildsOf = async (answer: Response): Promise<string[]> =>
    ((await answer.json()) as { Builds: { ProjectId: string }[] }).Builds.map(({ ProjectId }) => ProjectId);
  const mine = [1_003, 1_050, 1_199].map(projectOf);

  it.each([1_000, 2])(
    'is asked about with the list of the projects of the user, in pages of %d',
    async (size) => {
      backend.organizations.projectsInPage = size;
      const token = await newUser(...mine);
      // What is on the list may still have pipelines that the user does not read.
      backend.organizations.members.add(`user-${count} ${organization}/${projectOf(1_004)}`);
      const answers = await Promise.all([d2b(token, 'many'), d2b(token, 'many')]);
      for (const answer of answers) expect(await buildsOf(answer)).toEqual(mine);
      const { asked } = backend.organizations;
      expect(asked.filter((subject) => subject.endsWith('*'))).toHaveLength(size === 2 ? 2 : 1);
      expect(asked.filter((subject) => !subject.endsWith('*')).sort()).toEqual(
        [...mine, projectOf(1_004)].map((project) => `${organization}/${project}`).sort(),
      );
      asked.length = 0;
      expect(await buildsOf(await d2b(token, 'many'))).toEqual(mine);
      expect(asked).toEqual([]);
    },
  );

  it('is asked about project by project where the list is not permitted', async () => {
    backend.organizations.projectsInPage = 0;
    const token = await newUser(projectOf(1_003));
    expect(await buildsOf(await d2b(token, 'several'))).toEqual([projectOf(1_003)]);
    expect(backend.organizations.asked).toHaveLength(11);
  });

  it('is not refused because another tenant lists nothing', async () => {
    backend.organizations.tenants.set(organization, foreignTenant);
    const token = await newUser(projectOf(1_003));
    const { status } = await d2b(token, 'several');
    backend.organizations.tenants.set(organization, tenant);
    expect([status, await buildsOf(await d2b(token, 'several'))]).toEqual([404, [projectOf(1_003)]]);
  });
});

it('never asks about what cannot be the id of a project', async () => {
  expect((await d2b(await newUser(), 'odd')).status).toBe(404);
  expect(backend.organizations.asked).toEqual([]);
});

describe('what is unknown', () => {
  const hidden = 'foreign';
  const contentOf = async (answer: Response, id: string) => [
    answer.status,
    answer.headers.get('www-authenticate'),
    answer.headers.get('retry-after'),
    (await messageOf(answer)).replace(id, 'ID'),
  ];

  it.each(['up', 'down', 'throttling', 'challenging', 'silent'] as const)(
    'takes the same questions and gets the same answer as what is hidden (Azure DevOps is %s)',
    async (kind) => {
      // An answer that names projects says which organization there is to ask about.
      await d2b(await newUser(own), 'own');
      backend.organizations.conduct = { kind };
      const answers: unknown[] = [];
      for (const id of [hidden, 'nothing', 'without']) {
        const token = await newUser();
        backend.organizations.asked.length = 0;
        const content = await contentOf(await d2b(token, id), id);
        // What was refused is remembered for a moment, hidden or not.
        if (kind === 'up') expect(await contentOf(await d2b(token, id), id)).toEqual(content);
        answers.push([content, backend.organizations.asked.map((subject) => subject.split('/')[0])]);
      }
      expect(answers).toEqual([0, 1, 2].map(() => [expect.anything(), [organization]]));
      expect(answers.slice(1)).toEqual([answers[0], answers[0]]);
    },
  );
  // Other tests begin with an organization that answers.
  afterEach(async () => {
    backend.organizations.conduct = { kind: 'up' };
    await until(async () => (await b2d(await newUser(own))).status === 200, 10_000);
  });
});

describe('an answer that says nothing about the user', () => {
  it('from an organization of another tenant is no refusal, and names the reason', async () => {
    const token = await newUser(own);
    const answer = await b2d(token, 'elsewhere');
    expect(answer.status).toBe(403);
    expect(await answer.clone().json()).toMatchObject({ details: [{ target: 'tenant' }] });
    expect(await messageOf(answer)).toMatch(/another tenant/);
    backend.organizations.tenants.set('elsewhere', tenant);
    backend.organizations.readers.add(`user-${count} elsewhere/${own}`);
    expect((await b2d(token, 'elsewhere')).status).toBe(200);
    backend.organizations.tenants.set('elsewhere', foreignTenant);
  });

  it('from an organization that Entra ID does not back names the reason', async () => {
    const answer = await b2d(await newUser(own), 'personal');
    expect(await answer.clone().json()).toMatchObject({ details: [{ target: 'organization' }] });
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
    expect(await answer.clone().json()).toMatchObject({ details: [{ target: 'consent' }] });
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
