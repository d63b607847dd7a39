/** Requests to another cluster: queries and `.show` commands, which read and change nothing. */
import { KqlError } from '../errors.ts';
import { EngineError } from '../store/engine-error.ts';
import type { AllowedCluster } from './allowed-clusters.ts';

/** An answer may be this long. */
const MOST_BYTES = 64 * 1024 * 1024;
/** A query may fetch this many rows from each place that it reads. */
export const MOST_ROWS = 100_000;

/** A query or command for another cluster. */
export interface RemoteRequest {
  readonly path: '/v2/rest/query' | '/v1/rest/mgmt';
  readonly database: string;
  readonly text: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * The text of the answer.
 *
 * @throws EngineError where the cluster does not answer, KqlError where it refuses or has too much to say
 */
export async function askCluster(
  { url, token }: AllowedCluster,
  { path, database, text, parameters, timeout }: RemoteRequest,
): Promise<string> {
  const Options = {
    request_readonly: true,
    // Two engines that read each other would never end.
    request_remote_entities_disabled: true,
    truncationmaxrecords: MOST_ROWS,
  };
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ db: database, csl: text, properties: { Options, Parameters: parameters } }),
    signal: AbortSignal.timeout(timeout),
  }).catch((error: unknown) => {
    throw unreachable(url, error);
  });
  const answer = await boundedText(response, url).catch((error: unknown) => {
    throw error instanceof KqlError ? error : unreachable(url, error);
  });
  if (response.ok) return answer;
  if (response.status === 429 || response.status >= 500) {
    throw new EngineError('unavailable', `Cluster ${url} answered ${response.status}: ${reasonIn(answer)}`);
  }
  throw new KqlError(`Cluster ${url} refused to be read (${response.status}): ${reasonIn(answer)}`);
}

async function boundedText({ body }: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > MOST_BYTES) {
      throw new KqlError(
        `Cluster ${url} sent more than ${MOST_BYTES / 2 ** 20} MiB: filter what is read from it`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unreachable(url: string, error: unknown): EngineError {
  const timedOut = error instanceof Error && error.name === 'TimeoutError';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
  const reason = timedOut ? 'it took too long' : (cause ?? 'the connection failed');
  return new EngineError('unavailable', `Cluster ${url}, which the query reads, did not answer: ${reason}`);
}

/** The sentence in an error's body, or the beginning of it. */
function reasonIn(answer: string): string {
  try {
    const { error } = JSON.parse(answer);
    return String(error['@message'] ?? error.message);
  } catch {
    return answer.slice(0, 200);
  }
}
