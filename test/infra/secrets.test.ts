/** `npm run infra -- secret`: every region gets the same secret, and it is seen nowhere on the way. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runInfra } from '../../infra/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'secrets-'));
const vaults = ['dpl-ppe-eus2', 'dpl-ppe-wus2'];
const temporary = path.join(folder, 'tmp');
const log = path.join(folder, 'calls');
const stored = (vault: string, name: string) => readFileSync(path.join(folder, vault, name), 'utf8');
/** Folders of secrets that were not removed. */
const left = () => readdirSync(temporary).filter((name) => name.startsWith('secret-'));
const before = { path: process.env.PATH, tmp: process.env.TMPDIR };

/** A stand-in for the Azure CLI: a folder for each vault. One named in `refuses` is refused. */
beforeAll(() => {
  writeFileSync(
    path.join(folder, 'az'),
    `#!/bin/bash
echo "$*" >> '${log}'
vault="$5" name="$7" file="$9"
if [ -e '${folder}/refuses' ] && [ "$vault" = "$(cat '${folder}/refuses')" ]; then echo "Forbidden" >&2; exit 1; fi
if [ "$3" = set ]; then cp "$file" '${folder}'/"$vault/$name"; stat -c %a "$file" >> '${folder}/modes'
else cp '${folder}'/"$vault/$name" "$file"; fi
`,
  );
  chmodSync(path.join(folder, 'az'), 0o755);
  for (const one of [...vaults, 'tmp']) mkdirSync(path.join(folder, one));
  process.env.PATH = `${folder}:${before.path}`;
  process.env.TMPDIR = temporary;
});
afterAll(() => {
  process.env.PATH = before.path;
  if (before.tmp === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before.tmp;
});
beforeEach(() => writeFileSync(log, ''));

function run(...given: string[]) {
  const printed: string[] = [];
  const add = (text: string) => printed.push(text);
  const code = runInfra(['secret', '--env', 'ppe', ...given], { out: add, err: add });
  return { code, printed: printed.join('\n') };
}

/** What was printed and what the CLI was called with: neither may have the secret. */
const shown = (printed: string) => `${printed}\n${readFileSync(log, 'utf8')}`;

test('a new secret goes to every region with its expiry, and is seen nowhere', () => {
  const { code, printed } = run('--name', 'gates-key', '--generate', '--days', '90');
  expect(printed).toBe('dpl-ppe-eus2, dpl-ppe-wus2: set');
  expect(code).toBe(0);
  const [one, other] = vaults.map((vault) => stored(vault, 'gates-key'));
  expect(Buffer.from(one ?? '', 'base64')).toHaveLength(32);
  expect(other).toBe(one);
  expect(shown(printed)).not.toContain(one);
  const expires = /--expires (\S+)/.exec(readFileSync(log, 'utf8'))?.[1] ?? '';
  expect((Date.parse(expires) - Date.now()) / 86_400_000).toBeCloseTo(90, 1);
  expect(readFileSync(path.join(folder, 'modes'), 'utf8')).toBe('600\n600\n');
  expect(left()).toEqual([]);
});

test('the secret before is kept beside the new one', () => {
  for (const vault of vaults)
    writeFileSync(path.join(folder, vault, 'changelog-secret'), 'the one before, yet');
  expect(run('--name', 'changelog-secret', '--generate', '--keep-previous').code).toBe(0);
  for (const vault of vaults) {
    expect(stored(vault, 'changelog-secret-previous')).toBe('the one before, yet');
    expect(stored(vault, 'changelog-secret')).toMatch(/^[\w-]{43}$/);
  }
});

test('one organization gets another secret, and its last one stays valid', () => {
  const list = 'fabrikam=fabrikams-own-secret,contoso=contosos-new-secret,contoso=contosos-old-secret';
  for (const vault of vaults) writeFileSync(path.join(folder, vault, 'changelog-organization-secrets'), list);
  const { code, printed } = run(
    ...['--name', 'changelog-organization-secrets', '--organization', 'Contoso', '--generate'],
  );
  expect(printed).toContain('set');
  expect(code).toBe(0);
  const next = stored('dpl-ppe-wus2', 'changelog-organization-secrets');
  expect(next).toMatch(/^fabrikam=fabrikams-own-secret,Contoso=[\w-]{43},contoso=contosos-new-secret$/);
  expect(shown(printed)).not.toMatch(/fabrikams-own|contosos/);
});

test('a secret is read from standard input', () => {
  const given = ['secret', '--env', 'ppe', '--name', 'extension-key'];
  const value = 'c'.repeat(64);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    // As `npm run infra` starts it: it is not built.
    ['--import', 'tsx', 'infra/index.ts', ...given],
    { input: `${value}\n`, encoding: 'utf8', env: { ...process.env } },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const vault of vaults) expect(stored(vault, 'extension-key')).toBe(value);
  expect(shown(stdout)).not.toContain(value);
});

test('what a vault refuses is said, and nothing is left behind', () => {
  writeFileSync(path.join(folder, 'refuses'), 'dpl-ppe-wus2');
  const { code, printed } = run('--name', 'gates-key', '--generate');
  writeFileSync(path.join(folder, 'refuses'), '');
  expect(printed).toContain('dpl-ppe-wus2: Forbidden');
  expect(code).toBe(2);
  expect(left()).toEqual([]);
});

test.each([
  [[], '--env and --name are needed'],
  [['--name', 'other', '--generate'], 'There is no secret other: choose one of gates-key'],
  [['--name', 'gates-key', '--keep-previous'], 'gates-key has no previous one'],
  [['--name', 'gates-key', '--generate', '--days', '0'], '--days must be from 1 to 730'],
  [['--name', 'extension-key', '--generate'], 'extension-key is not made here: give it on standard input'],
  [['--name', 'gates-key', '--organization', 'contoso', '--generate'], '--organization is for changelog'],
  [
    ['--name', 'changelog-organization-secrets', '--organization', 'a=b', '--generate'],
    '--organization must be the name of an organization',
  ],
  [
    ['--name', 'gates-key', '--generate', '--env', 'x'],
    'There is no environment x: choose one of int, ppe, prod',
  ],
])('%j is refused: %s', (given, message) => {
  const { code, printed } = run(...given);
  expect(printed).toContain(message);
  expect(code).toBe(2);
  expect(readFileSync(log, 'utf8')).toBe('');
  expect(left()).toEqual([]);
});
