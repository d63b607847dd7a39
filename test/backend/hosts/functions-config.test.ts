import { readFunctionsConfig } from '../../../backend/hosts/functions-config.ts';
import { ConfigError } from '../../../settings/reader.ts';

const secret = 'correct horse battery staple';
const fitting = {
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  KUSTO_CLUSTER: 'https://x.westeurope.kusto.windows.net',
  KUSTO_DATABASE: 'D',
};

function mistakesOf(settings: Readonly<Record<string, string>>): readonly string[] {
  try {
    readFunctionsConfig(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}

describe('the settings of a Functions app', () => {
  it('name the cluster, and the queue by a connection string or in the way of identities', () => {
    expect(readFunctionsConfig(fitting).data.kusto.database).toBe('D');
    expect(mistakesOf({ ...fitting, CHANGELOG_STORAGE: 'AccountName=a;AccountKey=b' })).toEqual([]);
    const url = 'https://a.queue.core.windows.net';
    const { changelog } = readFunctionsConfig({ ...fitting, CHANGELOG_STORAGE__queueServiceUri: url });
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

  it('are all named when several are wrong', () => {
    expect(mistakesOf({ PORT: 'x' })).toEqual([
      'PORT must be a whole number from 0 to 65535.',
      'KUSTO_CLUSTER is missing: on Azure Functions the data is in a cluster.',
      'AUTH must not be none outside of a development machine.',
    ]);
  });

  it('do not hand the queue trigger a URL, which it would take for a connection string', () => {
    expect(mistakesOf({ ...fitting, CHANGELOG_STORAGE: 'https://a.queue.core.windows.net' })).toEqual([
      'CHANGELOG_STORAGE must be a connection string on Azure Functions; put the URL in CHANGELOG_STORAGE__queueServiceUri instead.',
    ]);
  });
});
