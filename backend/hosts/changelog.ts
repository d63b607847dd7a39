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
import { AzureDevOpsError } from '../../azure-devops/error.ts';
import { parseOrganization } from '../../azure-devops/organization.ts';
import { type Changelog, openChangelog } from '../../changelog/changelog.ts';
import type { ChangelogConfig } from '../../changelog/config.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import type { JobScheduler } from '../../kusto/jobs/scheduler.ts';
import type { BuildChanges } from '../cache/build-changes.ts';
import { observeChangelog } from '../telemetry/observations.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

export interface HostChangelogOptions {
  readonly config: ChangelogConfig;
  readonly kusto: KustoClient;
  /** Maps what comes in; the host starts and stops it. */
  readonly jobs: JobScheduler;
  /** Told of the builds that events are about. */
  readonly changes: Pick<BuildChanges, 'touched'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly telemetry?: Telemetry | undefined;
}

/** Opens the changelog; to be called before `app` listens. */
export async function openHostChangelog(
  app: FastifyInstance,
  { config, kusto, jobs, changes, environment, telemetry }: HostChangelogOptions,
): Promise<Changelog> {
  const authorization = authorizationOf(environment);
  const changelog = await openChangelog(app, {
    config,
    database: kusto,
    jobs,
    onTouchedBuilds: (builds) => changes.touched(builds),
    clientOf: authorization && clientsOf(authorization, config.reconcile ?? []),
    log: app.log,
  });
  if (telemetry) observeChangelog(telemetry, changelog.metrics);
  return changelog;
}

/**
 * The client of an organization by its name or URL: one for each, because a pause that the service asks for
 * concerns all requests to it. Events know names only, so a name stands for the URL that the settings give: whoever
 * writes an event must not choose where a token is sent.
 */
function clientsOf(
  authorization: Authorization,
  written: readonly string[],
): (organization: string) => AzureDevOps {
  const named = written.map(parseOrganization);
  const clients = new Map<string, AzureDevOps>();
  return (text) => {
    const known = named.find(({ name }) => name.toLowerCase() === text.toLowerCase());
    if (!known && text.includes('/') && !text.includes('://')) {
      throw new AzureDevOpsError(
        'rejected',
        `${text}: CHANGELOG_RECONCILE must have the URL of this collection`,
      );
    }
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
