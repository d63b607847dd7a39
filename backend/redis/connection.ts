/**
 * The connection to the Redis that instances share. Redis only ever makes things faster here, so nothing may wait for
 * it: a command has 50 milliseconds, only so many may be under way, and after some failures in a row nothing is sent
 * for a moment. Whoever uses it goes on without it when it throws.
 */
import { createClient, ErrorReply } from '@redis/client';
import { CircuitBreaker, CircuitOpenError } from '../../net/circuit-breaker.ts';
import { backoff } from '../../net/retry-policy.ts';
import { entraCredentials } from './entra.ts';
import type { RedisConfig } from './settings.ts';

/** Redis did not do it: it is away, slow, full, or refuses the command. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
}

/** The commands of Redis. */
export type RedisCommands = ReturnType<typeof createClient>;

export interface RedisConnection {
  /**
   * Runs commands within a time limit, 50 milliseconds by default; those that are sent together travel together.
   *
   * @throws RedisError if they are not answered in time, or refused
   */
  run<T>(commands: (redis: RedisCommands) => Promise<T>, timeoutMs?: number): Promise<T>;
  /**
   * Receives what is published on a channel from now on.
   *
   * @param onGap called when messages may have been missed, because the connection was away
   */
  subscribe(channel: string, onMessage: (message: string) => void, onGap: () => void): void;
  /** Calls `listener` whenever Redis goes away (with the reason) or is back. */
  onChange(listener: (reason: string | undefined) => void): void;
  /** Ends it at once; commands under way fail. */
  close(): void;
}

const mostUnderWay = 256;
const connectTimeoutMs = 500;
const reconnecting = { firstDelayMs: 50, longestDelayMs: 1_000 };
/** With one failure less, a single slow moment would open the circuit. */
const failuresToOpen = 5;
const openMs = 500;

/** In milliseconds. */
export interface RedisTimes {
  /** The time limit of commands that have none of their own. */
  readonly commandMs: number;
  /** A connection on which nothing is answered for so long is replaced: its other end may be gone without saying so. */
  readonly silentMs: number;
}

const usualTimes: RedisTimes = { commandMs: 50, silentMs: 5_000 };

/** Opens a connection; it connects in the background, and again whenever it breaks. */
export function openRedis(config: RedisConfig, times: Partial<RedisTimes> = {}): RedisConnection {
  return new Connection(config, { ...usualTimes, ...times });
}

class Connection implements RedisConnection {
  readonly #config: RedisConfig;
  readonly #times: RedisTimes;
  readonly #breaker = new CircuitBreaker({
    failures: failuresToOpen,
    openMs,
  });
  readonly #listeners: ((reason: string | undefined) => void)[] = [];
  readonly #subscribers: RedisCommands[] = [];
  #client: RedisCommands;
  #underWay = 0;
  /** When the first of the commands was sent that nothing has answered since, by `performance.now()`. */
  #silentSince: number | undefined;
  #isAway = false;
  #isClosed = false;

  constructor(config: RedisConfig, times: RedisTimes) {
    this.#config = config;
    this.#times = times;
    this.#client = this.#connect();
  }

  async run<T>(
    commands: (redis: RedisCommands) => Promise<T>,
    timeoutMs = this.#times.commandMs,
  ): Promise<T> {
    if (this.#underWay >= mostUnderWay) {
      this.#replaceIfSilent();
      throw new RedisError('Redis is too slow: too many commands are under way');
    }
    try {
      const result = await this.#breaker.run(
        () => inTime(this.#send(commands), timeoutMs),
        (error) => !(error instanceof ErrorReply),
      );
      this.#heard();
      return result;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof ErrorReply) this.#heard();
      else if (!(error instanceof CircuitOpenError)) this.#missed(reason);
      throw new RedisError(`Redis did not answer: ${reason}`, { cause: error });
    }
  }

  subscribe(channel: string, onMessage: (message: string) => void, onGap: () => void): void {
    const subscriber = this.#connect();
    let isFirst = true;
    subscriber.on('ready', () => {
      if (!isFirst) onGap();
      isFirst = false;
    });
    // Subscribing waits for the connection, and holds over new ones.
    subscriber.once('ready', () => {
      subscriber.subscribe(channel, onMessage).catch(() => onGap());
    });
    this.#subscribers.push(subscriber);
  }

  onChange(listener: (reason: string | undefined) => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    this.#isClosed = true;
    for (const client of [this.#client, ...this.#subscribers]) end(client);
  }

  #connect(): RedisCommands {
    const { url, auth } = this.#config;
    const client = createClient({
      url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: 4 * mostUnderWay,
      // Only Redis Enterprise knows them, and only while it moves a database.
      maintNotifications: 'disabled',
      socket: {
        connectTimeout: connectTimeoutMs,
        reconnectStrategy: (retries) => backoff(reconnecting, Math.min(retries + 1, 10), Math.random()),
      },
      ...(auth.mode !== 'url' && {
        credentialsProvider: entraCredentials(auth, (reason) => this.#missed(reason)),
      }),
    });
    // Without a listener, an error of the connection would end the process.
    client.on('error', (error: Error) => this.#missed(error.message));
    client.on('ready', () => {
      this.#silentSince = undefined;
    });
    client.connect().catch(() => undefined);
    return client as RedisCommands;
  }

  async #send<T>(commands: (redis: RedisCommands) => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await commands(this.#client);
    } finally {
      this.#underWay--;
    }
  }

  #heard(): void {
    this.#silentSince = undefined;
    if (!this.#isAway) return;
    this.#isAway = false;
    for (const listener of this.#listeners) listener(undefined);
  }

  #missed(reason: string): void {
    this.#silentSince ??= performance.now();
    this.#replaceIfSilent();
    if (this.#isAway || this.#isClosed || !this.#breaker.isOpen) return;
    this.#isAway = true;
    for (const listener of this.#listeners) listener(reason);
  }

  #replaceIfSilent(): void {
    const since = this.#silentSince ?? performance.now();
    if (this.#isClosed || !this.#client.isReady || performance.now() - since < this.#times.silentMs) return;
    this.#silentSince = undefined;
    end(this.#client);
    this.#client = this.#connect();
  }
}

function end(client: RedisCommands): void {
  try {
    client.destroy();
  } catch {
    // It is closed already.
  }
}

async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
