/**
 * A lane runs one request at a time, away from the engine's thread. It is a process and not a thread,
 * because SQLite cannot be interrupted from JavaScript: a query that runs out of time is ended by killing
 * its process, which WAL makes harmless.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { KqlError } from '../errors.ts';
import { EngineError, type EngineErrorKind } from './engine-error.ts';

/** Which process to start. */
export type LaneRole = 'reader' | 'writer';

/** What a lane's process answers. */
export type LaneReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly kind: 'request'; readonly message: string; readonly code: string }
  | { readonly ok: false; readonly kind: EngineErrorKind; readonly message: string };

interface Job {
  readonly request: unknown;
  readonly deadline: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Runs requests, on some thread or process. */
export interface Lane {
  /** Requests that wait or run. */
  readonly load: number;
  /**
   * Runs `request`, after those before it.
   *
   * @param timeout milliseconds from now, waiting included
   * @throws KqlError for a wrong request, EngineError for a timeout or a failure
   */
  run(request: unknown, timeout: number): Promise<unknown>;
  close(): Promise<void>;
}

/** A lane in a process of its own, which is started at once, and again when needed after it was killed. */
export class ProcessLane implements Lane {
  readonly #role: LaneRole;
  readonly #settings: readonly string[];
  readonly #waiting: Job[] = [];
  #running: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #process: ChildProcess | undefined;
  #closed = false;

  /** @param settings what the role's process is started with besides */
  constructor(role: LaneRole, settings: readonly string[] = []) {
    this.#role = role;
    this.#settings = settings;
    this.#process = this.#start();
  }

  get load(): number {
    return this.#waiting.length + (this.#running ? 1 : 0);
  }

  run(request: unknown, timeout: number): Promise<unknown> {
    if (this.#closed) return Promise.reject(new EngineError('unavailable', 'The engine is shutting down'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, deadline: Date.now() + timeout, resolve, reject });
      this.#next();
    });
  }

  /** Lets the running request end, refuses those that wait, and ends the process. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) {
      job.reject(new EngineError('unavailable', 'The engine is shutting down'));
    }
    const child = this.#process;
    if (!child) return;
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      if (child.connected) child.disconnect();
      if (child.exitCode !== null || child.signalCode !== null) resolve();
    });
  }

  #next(): void {
    if (this.#running) return;
    const job = this.#waiting.shift();
    if (!job) return;
    this.#running = job;
    const remaining = job.deadline - Date.now();
    this.#timer = setTimeout(() => this.#expire(), Math.max(remaining, 0));
    this.#process ??= this.#start();
    this.#process.send(job.request as object, (error) => {
      if (error && this.#running === job) this.#fail(error.message);
    });
  }

  #expire(): void {
    this.#process?.removeAllListeners().kill('SIGKILL');
    this.#process = undefined;
    this.#settle((job) => job.reject(new EngineError('timeout', 'The query ran longer than its timeout')));
  }

  #start(): ChildProcess {
    const child = startProcess([this.#role, ...this.#settings]);
    child.on('message', (reply: LaneReply) => this.#settle((job) => settleWith(job, reply)));
    const end = (reason: string) => {
      if (this.#process !== child) return;
      this.#process = undefined;
      this.#fail(reason);
    };
    child.on('error', ({ message }) => end(message));
    child.on('exit', () => end('it ended'));
    return child;
  }

  #fail(reason: string): void {
    this.#settle((job) =>
      job.reject(new EngineError('fault', `The ${this.#role} process failed: ${reason}`)),
    );
  }

  #settle(settle: (job: Job) => void): void {
    clearTimeout(this.#timer);
    const job = this.#running;
    this.#running = undefined;
    if (job) settle(job);
    this.#next();
  }
}

/** A lane in this very thread. It cannot be interrupted, so timeouts do not hold. */
export class InlineLane<Request> implements Lane {
  readonly load = 0;
  readonly #handle: (request: Request) => unknown;
  readonly #close: () => void;

  constructor(handle: (request: Request) => unknown, close: () => void) {
    this.#handle = handle;
    this.#close = close;
  }

  async run(request: Request): Promise<unknown> {
    return this.#handle(request);
  }

  async close(): Promise<void> {
    this.#close();
  }
}

/** Several lanes of one kind; a request goes to the one with the least to do. */
export class LanePool implements Lane {
  readonly #lanes: readonly Lane[];

  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes;
  }

  get load(): number {
    return this.#lanes.reduce((sum, { load }) => sum + load, 0);
  }

  run(request: unknown, timeout: number): Promise<unknown> {
    const [least] = [...this.#lanes].sort((one, other) => one.load - other.load);
    if (!least) return Promise.reject(new EngineError('unavailable', 'There is no reader'));
    return least.run(request, timeout);
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}

function settleWith(job: Job, reply: LaneReply): void {
  if (reply.ok) job.resolve(reply.value);
  else if (reply.kind === 'request') job.reject(new KqlError(reply.message, undefined, reply.code));
  else job.reject(new EngineError(reply.kind, reply.message));
}

/** Production runs the compiled `.js`; tests run the `.ts` source, for which the process needs tsx. */
function startProcess(settings: readonly string[]): ChildProcess {
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = new URL(`./lane-process.${fromSource ? 'ts' : 'js'}`, import.meta.url);
  const loader = fromSource
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : [];
  return fork(fileURLToPath(entry), settings, { execArgv: loader, serialization: 'advanced' });
}
