/**
 * Carries the requests of azure-kusto-data over keep-alive connections. The SDK still does everything that
 * knows Kusto (connection strings, tokens, trusted endpoints, headers); only its HTTP library is replaced,
 * which took more than half of the processor time of a lookup and whose time limit is none: it restarts with
 * every byte that arrives.
 */
import http from 'node:http';
import https from 'node:https';

/** Kusto answered with a status other than 200. */
export class KustoStatusError extends Error {
  readonly status: number;
  readonly retryAfter: string | undefined;

  constructor(status: number, retryAfter: string | undefined, body: string) {
    super(`Kusto answered ${status}: ${body.slice(0, 500)}`);
    this.name = 'KustoStatusError';
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** No answer of Kusto came: refused, reset, too slow or too large. */
export class KustoUnreachableError extends Error {
  override readonly name = 'KustoUnreachableError';
}

/** What the SDK hands over with each request. `timeout` is in milliseconds. */
export interface TransportRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
}

/** The part of an HTTP library that the SDK uses. */
export interface Transport {
  post(url: string, body: string, request: TransportRequest): Promise<{ data: unknown; status: number }>;
  close(): void;
}

const largestAnswerBytes = 32 * 1024 * 1024;

/**
 * A transport with its own pool of connections.
 *
 * @param connections how many may be open at once
 */
export function createTransport(connections: number): Transport {
  const options: http.AgentOptions = { keepAlive: true, maxSockets: connections, scheduling: 'lifo' };
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  const targets = new Map<string, http.RequestOptions>();

  const targetOf = (url: string): http.RequestOptions => {
    const known = targets.get(url);
    if (known) return known;
    const { protocol, hostname, port, pathname, search } = new URL(url);
    const target = { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port, path: pathname + search };
    targets.set(url, target);
    return target;
  };

  return {
    post(url, body, { headers, timeout }) {
      const target = targetOf(url);
      const secure = target.protocol === 'https:';
      const options: http.RequestOptions = {
        ...target,
        method: 'POST',
        agent: secure ? agents['https:'] : agents['http:'],
        headers: { ...headers, Accept: 'application/json', 'Content-Length': Buffer.byteLength(body) },
      };
      return exchange(secure ? https.request(options) : http.request(options), body, timeout);
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

function exchange(
  request: http.ClientRequest,
  body: string,
  timeout: number,
): Promise<{ data: unknown; status: number }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(`no whole answer within ${timeout} ms`), timeout);
    const fail = (problem: string, cause?: unknown): void => {
      clearTimeout(timer);
      request.destroy();
      reject(new KustoUnreachableError(`Kusto could not be asked: ${problem}`, { cause }));
    };
    request.on('error', (error) => fail(error.message, error));
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > largestAnswerBytes) fail('its answer is too large');
      });
      response.on('error', (error) => fail(error.message, error));
      response.on('end', () => {
        clearTimeout(timer);
        const status = response.statusCode ?? 0;
        if (status !== 200)
          return reject(new KustoStatusError(status, response.headers['retry-after'], text));
        try {
          resolve({ data: JSON.parse(text), status });
        } catch (error) {
          fail('its answer is not JSON', error);
        }
      });
    });
    request.end(body);
  });
}
