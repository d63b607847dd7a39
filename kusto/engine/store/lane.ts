/**
 * A lane does one task at a time, away from the engine's thread. It is a process and not a thread,
 * because SQLite cannot be interrupted from JavaScript: a query that runs out of time is ended by killing
 * its process, which WAL makes harmless.
 */
import type { ChildProcess } from 'node:child_process';
import { startProcess } from '../worker.ts';
import { EngineError } from './engine-error.ts';
import { type ReaderTask, type Reply, type ResultOf, receivedError, type WriterTask } from './messages.ts';

/** Which process to start. */
export type LaneRole = 'reader' | 'writer';

type LaneTask = ReaderTask | WriterTask;

interface Job<Task extends LaneTask> {
  readonly task: Task;
  readonly deadline: number;
  readonly resolve: (result: ResultOf<Task>) => void;
  readonly reject: (error: Error) => void;
}

/** Does tasks, in some thread or process. */
export interface Lane<Task extends LaneTask> {
  /** Tasks that wait or run. */
  readonly load: number;
  /**
   * Does `task`, after those before it.
   *
   * @param timeout milliseconds from now, waiting included
   * @throws KqlError for a wrong task, EngineError for a timeout or a failure
   */
  run<Kind extends Task>(task: Kind, timeout: number): Promise<ResultOf<Kind>>;
  close(): Promise<void>;
}

/** A lane in a process of its own, which is started when it is needed, and again after it was killed. */
export class ProcessLane<Task extends LaneTask> implements Lane<Task> {
  readonly #role: LaneRole;
  readonly #settings: readonly string[];
  readonly #waiting: Job<Task>[] = [];
  #running: Job<Task> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #process: ChildProcess | undefined;
  #closed = false;

  /** @param settings what the role's process is started with besides */
  constructor(role: LaneRole, settings: readonly string[] = []) {
    this.#role = role;
    this.#settings = settings;
  }

  /** Starts the process before it is needed. */
  start(): void {
    if (!this.#closed) this.#process ??= this.#start();
  }

  get load(): number {
    return this.#waiting.length + (this.#running ? 1 : 0);
  }

  run<Kind extends Task>(task: Kind, timeout: number): Promise<ResultOf<Kind>> {
    if (this.#closed) return Promise.reject(new EngineError('unavailable', 'The engine is shutting down'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        task,
        deadline: Date.now() + timeout,
        // The process replies with the result of this kind of task.
        resolve: (result) => resolve(result as ResultOf<Kind>),
        reject,
      });
      this.#next();
    });
  }

  /** Lets the running task end, refuses those that wait, and ends the process. */
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
    this.#process.send(job.task, (error) => {
      if (error && this.#running === job) this.#fail(error.message);
    });
  }

  #expire(): void {
    const child = this.#process;
    this.#process = undefined;
    child?.kill('SIGKILL');
    this.#settle((job) => job.reject(new EngineError('timeout', 'The query ran longer than its timeout')));
  }

  #start(): ChildProcess {
    const child = startProcess('./lane-process', import.meta.url, [this.#role, ...this.#settings]);
    child.on('message', (reply: Reply<ResultOf<Task>>) => {
      // One that is ended may have replied already.
      if (this.#process === child) this.#settle((job) => settleWith(job, reply));
    });
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
    const error = this.#closed
      ? new EngineError('unavailable', 'The engine is shutting down')
      : new EngineError('fault', `The ${this.#role} process failed: ${reason}`);
    this.#settle((job) => job.reject(error));
  }

  #settle(settle: (job: Job<Task>) => void): void {
    clearTimeout(this.#timer);
    const job = this.#running;
    this.#running = undefined;
    if (job) settle(job);
    this.#next();
  }
}

/** A lane in this very thread. It cannot be interrupted, so timeouts do not hold. */
export class InlineLane<Task extends LaneTask> implements Lane<Task> {
  readonly load = 0;
  readonly #handle: (task: Task) => ResultOf<Task>;
  readonly #close: () => void;

  constructor(handle: (task: Task) => ResultOf<Task>, close: () => void) {
    this.#handle = handle;
    this.#close = close;
  }

  async run<Kind extends Task>(task: Kind): Promise<ResultOf<Kind>> {
    return this.#handle(task) as ResultOf<Kind>;
  }

  async close(): Promise<void> {
    this.#close();
  }
}

/** Several lanes of one kind; a task goes to the one with the least to do. */
export class LanePool<Task extends LaneTask> implements Lane<Task> {
  readonly #lanes: readonly Lane<Task>[];

  constructor(lanes: readonly Lane<Task>[]) {
    this.#lanes = lanes;
  }

  get load(): number {
    return this.#lanes.reduce((sum, { load }) => sum + load, 0);
  }

  run<Kind extends Task>(task: Kind, timeout: number): Promise<ResultOf<Kind>> {
    const [least] = [...this.#lanes].sort((one, other) => one.load - other.load);
    if (!least) return Promise.reject(new EngineError('unavailable', 'There is no reader'));
    return least.run(task, timeout);
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}

function settleWith<Task extends LaneTask>(job: Job<Task>, reply: Reply<ResultOf<Task>>): void {
  if (reply.kind === 'done') job.resolve(reply.result);
  else job.reject(receivedError(reply));
}
