import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../support/azure-devops/azure-devops.ts';
import { environmentFor, runCommand, spawnCommand } from '../support/command-line.ts';

const queue = ['--queue', 'contosohooks/azure-devops-events'];
let standIn: AzureDevOpsStandIn;

beforeEach(async () => {
  standIn = await startAzureDevOps();
});
afterEach(() => standIn.close());

describe('the command', () => {
  test('says what it can do and what its exit codes mean', async () => {
    const { exitCode, out } = await runCommand(['--help']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/hooks .*service hooks/);
    expect(out).toMatch(/2 +an option, an argument or a variable is invalid/);
  });

  test.each([['create'], ['doctor'], ['remove']])('shows examples of hooks %s', async (command) => {
    const { exitCode, out } = await runCommand(['hooks', command, '--help']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(new RegExp(`Examples:\n  deployments hooks ${command}`));
  });

  test('shows how far changelog list looks back as people say it', async () => {
    const { out } = await runCommand(['changelog', 'list', '--help']);
    expect(out.replace(/\s+/g, ' ')).toMatch(/--since <when> [^(]*\(default: 1 day\)/);
  });

  test('refuses an unknown command with the exit code for wrong usage', async () => {
    const { exitCode, err } = await runCommand(['hoks']);
    expect(exitCode).toBe(2);
    expect(err).toContain('Did you mean hooks?');
  });

  test('runs as a program, with its results on standard output alone', async () => {
    standIn.addProject('webshop');
    const argv = ['hooks', 'create', '-p', 'webshop', ...queue, '--dry-run', '--json'];
    const { exitCode, out, err } = await spawnCommand(argv, environmentFor(standIn));
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ organization: standIn.organization, dryRun: true });
  });
});

describe('wrong usage names the option and what would be right', () => {
  const cases: [string, string[], RegExp][] = [
    [
      'no organization',
      ['hooks', 'doctor', '-p', 'x', ...queue],
      /--organization <name>.*\$AZURE_DEVOPS_ORGANIZATION/,
    ],
    [
      'a bad organization',
      ['hooks', 'doctor', '-o', 'a b', '-p', 'x', ...queue],
      /--organization.*https:\/\/dev\.azure\.com/,
    ],
    ['no project', ['hooks', 'doctor', '-o', 'contoso', ...queue], /--project <name...>.*--all-projects/],
    [
      'both project options',
      ['hooks', 'doctor', '-o', 'contoso', '-p', 'x', '--all-projects', ...queue],
      /--all-projects.*cannot be used with.*--project/,
    ],
    [
      'no target',
      ['hooks', 'doctor', '-o', 'contoso', '-p', 'x'],
      /--queue <account\/queue>.*--webhook <url>/,
    ],
    [
      'two targets',
      ['hooks', 'doctor', '-o', 'contoso', '-p', 'x', ...queue, '--webhook', 'https://a.example.com'],
      /--queue.*cannot be used with.*--webhook/,
    ],
    [
      'a bad queue',
      ['hooks', 'doctor', '-o', 'contoso', '-p', 'x', '--queue', 'Events'],
      /--queue.*storage account and a queue/,
    ],
    [
      'an open webhook',
      ['hooks', 'doctor', '-o', 'contoso', '-p', 'x', '--webhook', 'http://a.example.com'],
      /--webhook.*https only/,
    ],
    [
      'a webhook with credentials',
      ['hooks', 'doctor', '-o', 'contoso', '-p', 'x', '--webhook', 'https://a:b@a.example.com'],
      /--webhook.*\$CHANGELOG_SECRET/,
    ],
    [
      'an unknown event',
      ['hooks', 'doctor', '-o', 'contoso', '-p', 'x', ...queue, '-e', 'runs,tests'],
      /--events.*"tests" is not one of runs, stages/,
    ],
    [
      'no secret',
      ['hooks', 'create', '-o', 'contoso', '-p', 'x', ...queue],
      /\$AZURE_STORAGE_KEY is not set/,
    ],
    [
      'no webhook secret',
      ['hooks', 'create', '-o', 'contoso', '-p', 'x', '--webhook', 'https://a.example.com'],
      /\$CHANGELOG_SECRET is not set/,
    ],
    [
      'a project that is no id',
      ['changelog', 'list', '-o', 'contoso', '-p', 'webshop', '-c', 'http://127.0.0.1:1'],
      /--project <name>.*a GUID.*AZURE_DEVOPS_TOKEN/,
    ],
    [
      'a limit that is none',
      ['changelog', 'list', '-o', 'contoso', '-p', 'x', '-c', 'http://127.0.0.1:1', '--limit', 'all'],
      /--limit.*whole number from 1 to 10000/,
    ],
    [
      'a time to come',
      ['reconcile', '-o', 'contoso', '-p', 'x', '-c', 'http://127.0.0.1:1', '--since', '2999-01-01'],
      /--since.*in the past/,
    ],
    ['no credentials', ['hooks', 'doctor', '-o', 'contoso', '-p', 'x', ...queue], /AZURE_DEVOPS_TOKEN/],
  ];

  test.each(cases)('%s', async (_, argv, message) => {
    const { exitCode, err } = await runCommand(argv);
    expect(err).toMatch(message);
    expect(exitCode).toBe(2);
  });

  test('a project that is not there', async () => {
    const { exitCode, err } = await runCommand(
      ['hooks', 'doctor', '-p', 'nowhere', ...queue],
      environmentFor(standIn),
    );
    expect(err).toMatch(/--project.*contoso has no project "nowhere"/);
    expect(exitCode).toBe(2);
  });

  test('a bad organization in the environment', async () => {
    const { exitCode, err } = await runCommand(['hooks', 'doctor', '-p', 'x', ...queue], {
      AZURE_DEVOPS_ORGANIZATION: 'http://dev.azure.com/x',
    });
    expect(err).toMatch(/\$AZURE_DEVOPS_ORGANIZATION.*https:\/\//);
    expect(exitCode).toBe(2);
  });
});

describe('a service that fails', () => {
  test('ends with its own exit code and without the token', async () => {
    const environment = { ...environmentFor(standIn), AZURE_DEVOPS_EXT_PAT: 'wrong-secret' };
    const { exitCode, err } = await runCommand(['hooks', 'doctor', '-p', 'x', ...queue], environment);
    expect(exitCode).toBe(3);
    expect(err).toBe('error: GET _apis/projects/x: the token is missing, invalid or expired (status 302)');
  });

  test('is left at once when a person interrupts', async () => {
    const interruption = new AbortController();
    interruption.abort(new Error('interrupted'));
    const { exitCode, err } = await runCommand(
      ['hooks', 'doctor', '-p', 'x', ...queue],
      environmentFor(standIn),
      interruption.signal,
    );
    expect({ exitCode, err }).toEqual({ exitCode: 130, err: 'Interrupted.' });
  });
});
