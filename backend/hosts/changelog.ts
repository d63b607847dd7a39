/**
 * The changelog of a host: connects it to the host's database, and to Azure DevOps where the environment holds
 * credentials for it.
 */
import type { FastifyInstance } from 'fastify';
import { type AzureDevOps, createAzureDevOps } from '../../azure-devops/client.ts';
import {
  type Authorization,
  authorizationFromEnvironment,
  MissingCredentialsError,
} from '../../azure-devops/credentials.ts';
import { parseOrganization } from '../../azure-devops/organization.ts';
import { type Changelog, openChangelog } from '../../changelog/changelog.ts';
import type { ChangelogConfig } from '../../changelog/config.ts';
import { connectWith } from '../../kusto/client/database.ts';
import type { KustoConfig } from '../../kusto/client/kusto.ts';
import { connectionString } from '../../kusto/client/kusto.ts';

export interface HostChangelogOptions {
  readonly config: ChangelogConfig;
  readonly kusto: KustoConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Opens the changelog; to be called before `app` listens. What it opens, `close` closes. */
export async function openHostChangelog(
  app: FastifyInstance,
  { config, kusto, environment }: HostChangelogOptions,
): Promise<Changelog> {
  const database = connectWith(connectionString(kusto), kusto.database);
  const authorization = authorizationOf(environment);
  const changelog = await openChangelog(app, {
    config,
    connection: connectionString(kusto),
    databaseName: kusto.database,
    database,
    clientOf: authorization && clientsOf(authorization, config.reconcile ?? []),
    log: app.log,
  });
  return {
    ...changelog,
    async close() {
      await changelog.close();
      database.close();
    },
  };
}

/**
 * The client of an organization by its name or URL: one for each, because a pause that the service asks for
 * concerns all requests to it. Events know names only, so a name stands for the URL that the settings give.
 */
function clientsOf(
  authorization: Authorization,
  written: readonly string[],
): (organization: string) => AzureDevOps {
  const named = written.map(parseOrganization);
  const clients = new Map<string, AzureDevOps>();
  return (text) => {
    const known = named.find(({ name }) => name.toLowerCase() === text.toLowerCase());
    const organization = known ?? parseOrganization(text);
    const client = clients.get(organization.url) ?? createAzureDevOps({ organization, authorization });
    clients.set(organization.url, client);
    return client;
  };
}

function authorizationOf(environment: HostChangelogOptions['environment']): Authorization | undefined {
  try {
    return authorizationFromEnvironment(environment);
  } catch (error) {
    if (error instanceof MissingCredentialsError) return undefined;
    throw error;
  }
}
