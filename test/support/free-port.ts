/** A port for a server whose address others have to know before it listens, or that starts again on the same one. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections and to servers that ask for any port: between this
 * answer and the server's start, nobody else can be given one of these.
 */
const [first, end] = [10_240, 32_768];

/**
 * A port of loopback that nobody listens on now.
 *
 * @throws the system's error where it is another than that the port is used
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, end);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (Object(error).code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
