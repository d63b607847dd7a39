/** The options that select a database, and the messages for its errors. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { KustoClient } from '../../kusto/client/client.ts';
import { type KustoAuth, type KustoConnection, kustoAuthModes } from '../../kusto/client/connection.ts';
import { KustoError } from '../../kusto/client/errors.ts';
import { tokenOfEngine } from '../../kusto/engine/store/holder.ts';
import { LeaseTakenError } from '../../kusto/jobs/lease.ts';
import { ApplyError } from '../../kusto/schema/apply.ts';
import { EnvironmentError } from '../../kusto/schema/environment.ts';
import { SchemaPlanError } from '../../kusto/schema/schema-plan.ts';
import { isSafeForTokens } from '../../net/loopback.ts';
import { readSetting } from '../../settings/reader.ts';
import type { Context } from '../context.ts';
import { CommandError, exitCodes, usageError } from '../exit-codes.ts';
import { requireOption } from '../required-options.ts';
import { cliSettings } from '../settings.ts';

export interface ConnectionOptions {
  readonly cluster: string;
  readonly database: string;
  readonly auth?: KustoAuth['mode'];
  /** Where the token is, if the cluster is an embedded engine. */
  readonly dataDir?: string;
}

/** Adds `--cluster`, `--database`, `--auth` and `--data-dir`. @param mandatory whether the cluster has to be given */
export function addConnectionOptions(
  command: Command,
  { environment }: Context,
  { mandatory = true }: { readonly mandatory?: boolean } = {},
): Command {
  if (mandatory) {
    requireOption(command, {
      title: `'--cluster <url>' or $${cliSettings.cluster.name}`,
      isGiven: ({ cluster }) => cluster !== undefined,
    });
  }
  return command
    .addOption(
      new Option('-c, --cluster <url>', 'URL of the cluster ($KUSTO_CLUSTER)')
        .argParser(clusterUrl)
        .default(readSetting(cliSettings.cluster, environment)),
    )
    .addOption(
      new Option('-d, --database <name>', 'name of the database ($KUSTO_DATABASE)')
        .argParser(databaseName)
        .default(readSetting(cliSettings.database, environment)),
    )
    .addOption(
      new Option('--auth <kind>', 'how to sign in (default: none for http, otherwise azureCli)').choices(
        kustoAuthModes,
      ),
    )
    .addOption(
      new Option(
        '--data-dir <folder>',
        'data folder of an embedded engine, where its token is ($DATA_DIR)',
      ).default(readSetting(cliSettings.dataFolder, environment)),
    );
}

/** Opens the database for `work`, and closes it. @throws CommandError for errors of the database */
export async function withDatabase<T>(
  options: ConnectionOptions,
  work: (kusto: KustoClient) => Promise<T>,
): Promise<T> {
  const connection = connectionOf(options);
  // What other commands do not need would make each of them start a second later.
  const { openKusto } = await import('../../kusto/client/client.ts');
  const kusto = openKusto(connection);
  try {
    return await work(kusto);
  } catch (error) {
    throw explained(error, connection.auth.mode);
  } finally {
    kusto.close();
  }
}

/** @throws CommandError */
function connectionOf(options: ConnectionOptions): KustoConnection {
  const cluster = checkedCluster(options.cluster);
  const mode = options.auth ?? (cluster.startsWith('http:') ? 'none' : 'azureCli');
  if (mode !== 'none') {
    if (!isSafeForTokens(new URL(cluster))) {
      throw usageError(
        `--auth ${mode} would send a token to ${cluster} over plain http: give an https URL, or --auth none`,
      );
    }
    return { cluster, database: options.database, auth: { mode } };
  }
  const token = options.dataDir === undefined ? undefined : tokenOfEngine(cluster, options.dataDir);
  return { cluster, database: options.database, auth: { mode, ...(token !== undefined && { token }) } };
}

function explained(error: unknown, auth: KustoAuth['mode']): unknown {
  if (error instanceof EnvironmentError || error instanceof SchemaPlanError) return usageError(error.message);
  if (error instanceof LeaseTakenError) return new CommandError(exitCodes.badNews, error.message);
  if (error instanceof KustoError || error instanceof ApplyError) {
    const isTokenMissing = error instanceof KustoError && error.status === 401 && auth === 'none';
    const hint = isTokenMissing ? ' Name that folder with --data-dir.' : '';
    return new CommandError(exitCodes.service, error.message + hint);
  }
  return error;
}

/** Validates the URL again, because the option parser does not check values from the environment. */
function checkedCluster(text: string): string {
  try {
    return clusterUrl(text);
  } catch (error) {
    throw usageError(`KUSTO_CLUSTER: ${error instanceof Error ? error.message : error}`);
  }
}

function clusterUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || /[;=]/.test(text)) {
    throw new InvalidArgumentError('Expected a URL, such as https://help.kusto.windows.net.');
  }
  return url.origin;
}

function databaseName(text: string): string {
  if (!/^[\w .-]+$/.test(text))
    throw new InvalidArgumentError('Expected letters, digits, "_", " ", "." and "-".');
  return text;
}
