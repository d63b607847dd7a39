import { ConfigError, readConfig } from '../../../backend/config.ts';
import { checkedForFunctions } from '../../../backend/hosts/functions-config.ts';

const secret = 'correct horse battery staple';
const fitting = {
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  KUSTO_CLUSTER: 'https://x.westeurope.kusto.windows.net',
  KUSTO_DATABASE: 'D',
};

function check(settings: Readonly<Record<string, string>>) {
  return checkedForFunctions(readConfig(settings), settings);
}

function mistakesOf(settings: Readonly<Record<string, string>>): readonly string[] {
  try {
    check(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}

describe('the settings of a Functions app', () => {
  it('name the cluster, and the queue by a connection string or in the way of identities', () => {
    expect(check(fitting).data.kusto.database).toBe('D');
    expect(mistakesOf({ ...fitting, CHANGELOG_STORAGE: 'AccountName=a;AccountKey=b' })).toEqual([]);
    const url = 'https://a.queue.core.windows.net';
    const { changelog } = check({ ...fitting, CHANGELOG_STORAGE__queueServiceUri: url });
    expect(changelog?.queue?.storage).toBe(url);
  });

  it('do not allow data of its own', () => {
    expect(mistakesOf({ AZURE_FUNCTIONS_ENVIRONMENT: 'Development', CHANGELOG_SECRET: secret })).toEqual([
      'KUSTO_CLUSTER is missing: on Azure Functions the data is in a cluster.',
    ]);
  });

  it('do not allow to serve without authentication in the cloud', () => {
    expect(mistakesOf({ ...fitting, AZURE_FUNCTIONS_ENVIRONMENT: 'Production' })).toEqual([
      'AUTH must not be none outside of a development machine.',
    ]);
  });

  it('do not hand the queue trigger a URL, which it would take for a connection string', () => {
    expect(mistakesOf({ ...fitting, CHANGELOG_STORAGE: 'https://a.queue.core.windows.net' })).toEqual([
      'CHANGELOG_STORAGE must be a connection string on Azure Functions; put the URL into CHANGELOG_STORAGE__queueServiceUri instead.',
    ]);
  });
});
