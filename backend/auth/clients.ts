/** The clients file while the process runs: read again when it changes. */
import { type Clients, noClients, readClientsFile } from './clients-file.ts';

export interface WatchedClients {
  readonly current: Clients;
  stop(): void;
}

export interface ClientsOptions {
  /** Called with what is wrong with a changed file. */
  readonly onProblem: (message: string) => void;
  readonly intervalMs?: number;
}

/** A file that is mounted is replaced in ways of which no system tells: it is read anew instead, because it is small. */
const defaultIntervalMs = 5_000;

/**
 * Reads the file, and reads it again from time to time. Without a path there are no clients.
 *
 * @throws ClientsFileError if the file is wrong at the start
 */
export function watchClients(path: string | undefined, options: ClientsOptions): WatchedClients {
  if (path === undefined) return { current: noClients, stop: () => undefined };
  const { onProblem, intervalMs = defaultIntervalMs } = options;
  let current = readClientsFile(path);
  let reported = '';
  const timer = setInterval(() => {
    try {
      current = readClientsFile(path);
      reported = '';
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== reported)
        onProblem(`the clients file is wrong, the last good one stays in use: ${message}`);
      reported = message;
    }
  }, intervalMs).unref();
  return {
    get current() {
      return current;
    },
    stop: () => clearInterval(timer),
  };
}
