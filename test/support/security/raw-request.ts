/** A request exactly as it is written: clients tidy addresses and headers up. */
import { connect } from 'node:net';

/** What a server sent; `status` is undefined where it closed the connection without an answer. */
export interface RawAnswer {
  readonly status: number | undefined;
  readonly text: string;
}

/** Sends `text` as one request and reads until there is an answer, or the server closes. */
export function sendRaw(origin: string, text: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(text));
    const received = (): RawAnswer => {
      const answer = Buffer.concat(chunks).toString('latin1');
      // An interim answer comes before the real one.
      const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
      return { status: statuses.find((status) => status >= 200), text: answer };
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (received().status !== undefined) socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received()));
  });
}

/** The head and body of a request that asks to close the connection afterwards. */
export function rawRequest(
  origin: string,
  {
    method = 'GET',
    path = '/',
    headers = {},
    body = '',
  }: {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
): Buffer {
  const { host } = new URL(origin);
  const length = Buffer.byteLength(body);
  const all = {
    host,
    connection: 'close',
    ...(length > 0 && { 'content-length': String(length) }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, 'utf8');
}
