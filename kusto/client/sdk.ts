/**
 * The part of azure-kusto-data that is used: one request each, over connections of our own, with answers as
 * they were sent. See docs/decisions/0006-kusto-sdk-without-its-http-library.md.
 */
import { gzipSync } from 'node:zlib';
import { AzureCliCredential, ManagedIdentityCredential, type TokenCredential } from '@azure/identity';
import {
  Client,
  ClientRequestProperties,
  CloudSettings,
  KustoConnectionStringBuilder,
} from 'azure-kusto-data';
import type { KustoAuth, KustoConnection } from './connection.ts';
import { KustoError, unreachableError } from './errors.ts';
import { createTransport, type Transport } from './transport.ts';

/** A request, with the time in milliseconds that its answer may take. */
export interface SdkRequest {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;
  readonly timeoutMs: number;
}

/** Sends single requests; each throws KustoError. */
export interface KustoSdk {
  /** Signs in if need be; to be called before each request, because the SDK itself does it without a time limit. */
  ready(timeoutMs: number): Promise<void>;
  /** The frames of a query's answer. */
  query(request: SdkRequest): Promise<unknown>;
  /** The tables of a command's answer. Kusto itself ends the command when the time is up. */
  command(text: string, timeoutMs: number): Promise<unknown>;
  /** Streams CSV into a table. */
  ingest(table: string, csv: string): Promise<void>;
  close(): void;
}

/** How much longer than Kusto's own limit a command's answer is waited for. */
const commandGraceMs = 10_000;
/** The SDK has no limit of its own for ingestion that could be set. */
const ingestionTimeoutMs = 60_000;
/** Signing in begins anew after this: the SDK waits forever. */
const signInTimeoutMs = 30_000;

/** Opens `connections` connections at most. Nothing is sent before the first request. */
export function openSdk(connection: KustoConnection, connections: number): KustoSdk {
  const { cluster, database, auth } = connection;
  const client = new Client(connectionString(connection));
  const transport = createTransport(cluster, connections, auth.mode === 'none' ? auth.token : undefined);
  const post: Transport['post'] = (url, body, request) =>
    transport.post(
      url,
      body,
      typeof body === 'string' ? request : { ...request, timeout: ingestionTimeoutMs },
    );
  Object.assign(client.axiosInstance, { post });
  // Without signing in there is no cloud to ask the cluster for.
  if (auth.mode === 'none') CloudSettings.writeToCache(cluster);
  let signingIn: Promise<void> | undefined;
  let isClosed = false;

  const signIn = async (): Promise<void> => {
    await CloudSettings.getCloudInfoForCluster(cluster);
    await client.aadHelper.getAuthHeader();
  };

  const send = async (request: () => Promise<unknown>): Promise<unknown> => {
    if (isClosed) throw unreachableError('the client is closed');
    try {
      return await request();
    } catch (error) {
      if (error instanceof KustoError) throw error;
      throw unreachableError(error instanceof Error ? error.message : String(error), error);
    }
  };

  return {
    async ready(timeoutMs) {
      if (auth.mode === 'none') return;
      signingIn ??= within(signInTimeoutMs, signIn()).finally(() => {
        signingIn = undefined;
      });
      await within(timeoutMs, signingIn);
    },
    query({ text, parameters, options, requestId, timeoutMs }) {
      const properties = new ClientRequestProperties({ ...options }, { ...parameters }, requestId);
      properties.setTimeout(timeoutMs);
      properties.setClientTimeout(timeoutMs);
      properties.raw = true;
      return send(() => client.executeQuery(database, text, properties));
    },
    command(text, timeoutMs) {
      const properties = new ClientRequestProperties();
      properties.setTimeout(timeoutMs);
      properties.setClientTimeout(timeoutMs + commandGraceMs);
      properties.raw = true;
      return send(() => client.executeMgmt(database, text, properties));
    },
    async ingest(table, csv) {
      // The lowest level: loopback does not need more, and a cluster is a few times further away than zlib.
      const body = gzipSync(csv, { level: 1 });
      await send(() =>
        client.executeStreamingIngest(
          encodeURIComponent(database),
          encodeURIComponent(table),
          body,
          'csv',
          null,
        ),
      );
    },
    close() {
      isClosed = true;
      client.close();
      transport.close();
    },
  };
}

function connectionString({ cluster, auth }: KustoConnection): KustoConnectionStringBuilder {
  const builder = new KustoConnectionStringBuilder(cluster);
  const credential = credentialOf(auth);
  if (credential) builder.tokenCredential = credential;
  // Otherwise the SDK looks up the operating system's user for every request, and sends it.
  builder.applicationNameForTracing = 'deployments-for-azure-pipelines';
  builder.userNameForTracing = '[none]';
  return builder;
}

function credentialOf(auth: KustoAuth): TokenCredential | undefined {
  switch (auth.mode) {
    case 'none':
      return undefined;
    case 'azureCli':
      return new AzureCliCredential();
    case 'managedIdentity':
      return auth.clientId === undefined
        ? new ManagedIdentityCredential()
        : new ManagedIdentityCredential({ clientId: auth.clientId });
  }
}

async function within(timeoutMs: number, signedIn: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs).unref();
  });
  try {
    await Promise.race([signedIn, tooLate]);
  } catch (error) {
    if (error instanceof KustoError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new KustoError('unavailable', `Could not sign in to Kusto: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
