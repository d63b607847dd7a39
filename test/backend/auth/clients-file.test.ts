/** The clients file: what is wrong with one, and what happens when it changes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchClients } from '../../../backend/auth/clients.ts';
import { ClientsFileError, parseClients, readClientsFile } from '../../../backend/auth/clients-file.ts';
import { until } from '../../support/until.ts';

const sha256 = 'a'.repeat(64);

function mistakesOf(text: string): readonly string[] {
  try {
    parseClients(text);
    return [];
  } catch (error) {
    if (error instanceof ClientsFileError) return error.mistakes;
    throw error;
  }
}
const mistakesOfClients = (clients: object): readonly string[] => mistakesOf(JSON.stringify({ clients }));

it('grants organizations and projects, in any case', () => {
  const project = '4AB5B8A3-8E0B-4C5E-9A41-8C8D3A3E7D10';
  const { byName, nameByToken } = parseClients(
    JSON.stringify({
      clients: { Monitor: { grants: ['Contoso', `fabrikam/${project}`], tokens: [sha256.toUpperCase()] } },
    }),
  );
  expect([...(byName.get('monitor')?.grants ?? [])]).toEqual([
    'contoso',
    `fabrikam/${project.toLowerCase()}`,
  ]);
  expect(nameByToken.get(sha256)).toBe('monitor');
});

it.each([
  ['no JSON', '{', ['is not JSON']],
  ['a list', '[]', ['must be an object with "clients" alone, which is an object']],
  ['a list of clients', '{"clients": []}', ['must be an object with "clients" alone, which is an object']],
  [
    'more beside clients',
    '{"clients": {}, "x": 1}',
    ['must be an object with "clients" alone, which is an object'],
  ],
])('must not be %s', (_what, text, mistakes) => {
  expect(mistakesOf(text)).toEqual(mistakes);
});

it('names every mistake, and repeats no value, which may be a token', () => {
  const secret = 'a-token-in-the-wrong-place';
  const mistakes = mistakesOfClients({
    a: { grants: ['contoso/webshop'], tokens: [secret] },
    b: { grants: 'contoso', granted: [] },
    [`${secret} with blanks`]: {},
    c: { tokens: [sha256] },
    d: { tokens: [sha256] },
    C: {},
  });
  expect(mistakes).toEqual([
    'client a: grants must be organizations or organization/project id',
    'client a: tokens must be SHA-256 hashes, 64 hexadecimal digits',
    'client b may have only grants, settings and tokens',
    'client b: grants must be organizations or organization/project id',
    'client 3 must have a name of letters, digits and .-_',
    'client d has a token of another client',
    'client C stands there twice',
  ]);
  expect(mistakes.join()).not.toContain(secret);
});

it.each(['*', '', 'contoso/*', '../contoso', 'con toso', 'contoso/4ab5b8a3-8e0b-4c5e-9a41-8c8d3a3e7d10/1'])(
  'does not take %j for a grant',
  (grant) => {
    expect(mistakesOfClients({ a: { grants: [grant] } })).toHaveLength(1);
  },
);

describe('a file that changes', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clients-'));
    path = join(folder, 'clients.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (clients: object): void => writeFileSync(path, JSON.stringify({ clients }));

  it('is read again; a wrong one is reported once, and the last good one stays', async () => {
    write({ a: { grants: ['contoso'] } });
    const problems: string[] = [];
    const watched = watchClients(path, { onProblem: (message) => problems.push(message), intervalMs: 5 });
    const names = (): string => [...watched.current.byName.keys()].join();
    expect(names()).toBe('a');
    write({ b: { grants: ['contoso'] } });
    await until(() => names() === 'b');
    writeFileSync(path, '{');
    await until(() => problems.length > 0);
    rmSync(path);
    await until(() => problems.length > 1);
    expect([names(), problems[0], problems[1]]).toEqual([
      'b',
      expect.stringMatching(/^the clients file is wrong, the last good one stays in use: is not JSON/),
      expect.stringMatching(/cannot be read \(ENOENT\)/),
    ]);
    write({ c: {} });
    await until(() => names() === 'c');
    expect(problems).toHaveLength(2);
    watched.stop();
  });

  it('must be there at the start', () => {
    expect(() => readClientsFile(path)).toThrow('cannot be read (ENOENT)');
  });
});

it('is not needed', () => {
  const watched = watchClients(undefined, { onProblem: () => undefined });
  expect(watched.current.byName.size).toBe(0);
  watched.stop();
});
