import { hasWebhook, readChangelogConfig } from '../../changelog/config.ts';
import { SettingsReader } from '../../settings/reader.ts';
import { mistakesOf } from '../support/settings.ts';

const secret = 'correct horse battery staple';

function read(environment: Record<string, string>, isEmbedded = true) {
  const reader = new SettingsReader(environment);
  const config = readChangelogConfig(reader, isEmbedded);
  return { config, mistakes: mistakesOf(reader) };
}

describe("the changelog's settings", () => {
  it('are absent where neither a secret nor a queue is set', () => {
    expect(read({})).toEqual({ config: undefined, mistakes: [] });
  });

  it('open the webhook with a secret, and with the previous one while it is being replaced', () => {
    const { config } = read({ CHANGELOG_SECRET: secret, CHANGELOG_SECRET_PREVIOUS: 'the one from before' });
    expect(config).toEqual({
      secrets: [secret, 'the one from before'],
      queue: undefined,
      flushMs: 100,
      mappingMs: 1_000,
    });
  });

  it('open the webhook for one organization each, by name or URL, with two secrets while one is being replaced', () => {
    const list = ` Contoso = ${secret}=1 ,contoso=${secret}2, https://dev.azure.com/Fabrikam=${secret}3`;
    const { config } = read({ CHANGELOG_ORGANIZATION_SECRETS: list });
    expect(config?.organizationSecrets).toEqual([
      { organization: 'contoso', secret: `${secret}=1` },
      { organization: 'contoso', secret: `${secret}2` },
      { organization: 'fabrikam', secret: `${secret}3` },
    ]);
    expect(config && hasWebhook(config)).toBe(true);
  });

  it.each([secret, 'contoso=short', `=${secret}`, `no organization=${secret}`, `contoso=${secret},`])(
    'do not take %j for secrets of organizations, and do not repeat it',
    (list) => {
      expect(read({ CHANGELOG_SECRET: secret, CHANGELOG_ORGANIZATION_SECRETS: list }).mistakes).toEqual([
        'CHANGELOG_ORGANIZATION_SECRETS must be a list of organization=secret, separated by commas, each secret at least 16 characters long.',
      ]);
    },
  );

  it('read the queue named, or the default one, with a connection string or a URL', () => {
    const storage = 'AccountName=a;AccountKey=b';
    const url = 'https://a.queue.core.windows.net';
    expect(read({ CHANGELOG_STORAGE: storage }).config?.queue).toEqual({
      storage,
      name: 'azure-devops-events',
    });
    expect(read({ CHANGELOG_STORAGE: url, CHANGELOG_QUEUE: 'hooks' }).config?.queue).toEqual({
      storage: url,
      name: 'hooks',
    });
  });

  it('map less often in a cluster, where an append costs more', () => {
    expect(read({ CHANGELOG_SECRET: secret }, false).config?.mappingMs).toBe(15_000);
  });

  it.each([
    ['CHANGELOG_SECRET', 'short', 'CHANGELOG_SECRET must be at least 16 characters long.'],
    ['CHANGELOG_SECRET_PREVIOUS', 'short', 'CHANGELOG_SECRET_PREVIOUS must be at least 16 characters long.'],
    [
      'CHANGELOG_STORAGE',
      'http://x',
      'CHANGELOG_STORAGE must be a connection string, or a URL such as https://account.queue.core.windows.net.',
    ],
    [
      'CHANGELOG_QUEUE',
      'Hooks',
      'CHANGELOG_QUEUE must be 3 to 56 lower-case letters, digits and single hyphens.',
    ],
    [
      'CHANGELOG_QUEUE',
      'a--b',
      'CHANGELOG_QUEUE must be 3 to 56 lower-case letters, digits and single hyphens.',
    ],
    ['CHANGELOG_FLUSH_MS', '0', 'CHANGELOG_FLUSH_MS must be a whole number from 1 to 10000.'],
    ['CHANGELOG_MAPPING_MS', 'often', 'CHANGELOG_MAPPING_MS must be a whole number from 1 to 45000.'],
  ])('refuse %s=%s and say what would be right', (name, value, mistake) => {
    expect(read({ [name]: value }).mistakes).toEqual([mistake]);
  });
});
