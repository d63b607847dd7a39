/**
 * The changelog of the Node server: connects it to the server's database, and to Azure DevOps where the
 * environment holds credentials for it.
 */
import type { FastifyInstance } from 'fastify';
import { createAzureDevOps } from '../../azure-devops/client.ts';
import {
  type Authorization,
  authorizationFromEnvironment,
  MissingCredentials,
} from '../../azure-devops/credentials.ts';
import { parseOrganization } from '../../azure-devops/organization.ts';
import { connectWith } from '../../kusto/client.ts';
import type { ChangelogConfig } from '../changelog/config.ts';
import { startChangelog } from '../changelog/service.ts';
import type { KustoConfig } from '../config.ts';
import { connectionString } from '../kusto.ts';

export interface ServerChangelogOptions {
  readonly config: ChangelogConfig | undefined;
  readonly kusto: KustoConfig;
  /** Whether this process runs the mapping jobs' windows; where the engine is its own, its host does. */
  readonly runsJobs: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Starts the changelog where it is configured; to be called before `app` listens. */
export async function startServerChangelog(
  app: FastifyInstance,
  { config, kusto, runsJobs, environment }: ServerChangelogOptions,
): Promise<{ stop(): Promise<void> }> {
  if (!config) return { stop: () => Promise.resolve() };
  const database = connectWith(connectionString(kusto), kusto.database);
  const authorization = authorizationOf(environment);
  const changelog = await startChangelog(app, {
    config,
    connection: connectionString(kusto),
    databaseName: kusto.database,
    database,
    runsJobs,
    clientOf:
      authorization &&
      ((organization) => createAzureDevOps({ organization: parseOrganization(organization), authorization })),
    log: app.log,
  });
  return {
    async stop() {
      await changelog.stop();
      database.close();
    },
  };
}

function authorizationOf(environment: ServerChangelogOptions['environment']): Authorization | undefined {
  try {
    return authorizationFromEnvironment(environment);
  } catch (error) {
    if (error instanceof MissingCredentials) return undefined;
    throw error;
  }
}
