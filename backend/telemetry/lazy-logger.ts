/**
 * The loggers of requests, whose lines carry the request's id. Most requests log nothing, or one line after their answer:
 * so a logger is made when it is first used.
 */
import type { FastifyBaseLogger } from 'fastify';

type Bindings = Parameters<FastifyBaseLogger['child']>[0];
type ChildOptions = Parameters<FastifyBaseLogger['child']>[1];

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type Level = (typeof levels)[number];

/** A child of a logger, made when it is first used. */
class LazyLogger implements FastifyBaseLogger {
  declare readonly fatal: FastifyBaseLogger['fatal'];
  declare readonly error: FastifyBaseLogger['error'];
  declare readonly warn: FastifyBaseLogger['warn'];
  declare readonly info: FastifyBaseLogger['info'];
  declare readonly debug: FastifyBaseLogger['debug'];
  declare readonly trace: FastifyBaseLogger['trace'];
  declare readonly silent: FastifyBaseLogger['silent'];
  readonly #parent: FastifyBaseLogger;
  readonly #bindings: Bindings;
  readonly #options: ChildOptions;
  #made: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, bindings: Bindings, options: ChildOptions) {
    this.#parent = parent;
    this.#bindings = bindings;
    this.#options = options;
  }

  get made(): FastifyBaseLogger {
    this.#made ??= this.#parent.child(this.#bindings, this.#options);
    return this.#made;
  }

  get level(): FastifyBaseLogger['level'] {
    return this.made.level;
  }

  set level(level: FastifyBaseLogger['level']) {
    this.made.level = level;
  }

  child(bindings: Bindings, options?: ChildOptions): FastifyBaseLogger {
    return this.made.child(bindings, options);
  }
}

type Logged = Parameters<FastifyBaseLogger['info']>;

const logAt = (level: Level) =>
  function (this: LazyLogger, ...logged: Logged): void {
    this.made[level](...logged);
  };
Object.assign(LazyLogger.prototype, Object.fromEntries(levels.map((level) => [level, logAt(level)])));

/** Fastify's option of that name. */
export function childLoggerFactory(
  parent: FastifyBaseLogger,
  bindings: Bindings,
  options: ChildOptions,
): FastifyBaseLogger {
  return new LazyLogger(parent, bindings, options);
}
