/**
 * A data folder: one `.sqlite` file per database. It owns the lanes that all of them share, and runs the
 * retention of old rows.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { KqlError } from '../errors.ts';
import type { Remotes } from '../remote/remotes.ts';
import { CompilerThread, inlineCompiler } from './compiler.ts';
import { EngineDatabase } from './database.ts';
import { notFound } from './entity-errors.ts';
import { checkedDatabases, prepareFolder, SUFFIX } from './folder-contents.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { InlineLane, LanePool, ProcessLane } from './lane.ts';
import type { ReaderTask, WriterTask } from './messages.ts';
import { Reader } from './reader.ts';
import { expire } from './retention.ts';
import type { Lanes } from './statement-runner.ts';
import { Writer } from './writer.ts';

const READERS = 2;
const OPEN_MILLISECONDS = 120_000;
const RETENTION_INTERVAL_MILLISECONDS = 3_600_000;
/** Soon after the start too: an engine on a laptop seldom runs for an hour. */
const FIRST_RETENTION_MILLISECONDS = 60_000;
/** What the first answer may not need is started behind it: on few cores, it would wait for that. */
const STARTING_MILLISECONDS = 500;

/** How a folder is opened. */
export interface FolderOptions {
  readonly dataDir: string;
  /** Databases to create where they are missing. */
  readonly databases: readonly string[];
  /** `processes` as in production; `inline` keeps everything in this thread, for coverage. */
  readonly lanes: 'processes' | 'inline';
  /** Bytes that each database's file may grow to; without it, what the disk has room for. */
  readonly mostBytes?: number;
  /** The other clusters that queries may read. */
  readonly remotes?: Remotes;
}

/** The open databases of a folder. */
export class DatabaseFolder {
  readonly #dataDir: string;
  readonly #lock: FolderLock;
  readonly #lanes: Lanes;
  readonly #databases = new Map<string, EngineDatabase>();
  readonly #timers: readonly NodeJS.Timeout[];

  private constructor(dataDir: string, lock: FolderLock, lanes: Lanes) {
    this.#dataDir = dataDir;
    this.#lock = lock;
    this.#lanes = lanes;
    // Rows that could not be deleted now are deleted the next time.
    const expire = () => void this.expire(Date.now()).catch(() => undefined);
    this.#timers = [
      setTimeout(() => lanes.start(), STARTING_MILLISECONDS).unref(),
      setTimeout(expire, FIRST_RETENTION_MILLISECONDS).unref(),
      setInterval(expire, RETENTION_INTERVAL_MILLISECONDS).unref(),
    ];
  }

  /**
   * Opens every database of the folder, which is created where it is missing.
   *
   * @throws EngineStartError where the folder is in use, cannot be made or written, or holds what is not ours or not
   *   readable
   */
  static async open(options: FolderOptions): Promise<DatabaseFolder> {
    const { dataDir, databases, lanes, mostBytes = Infinity, remotes } = options;
    prepareFolder(dataDir);
    const lock = lockFolder(dataDir);
    let folder: DatabaseFolder | undefined;
    try {
      const present = checkedDatabases(dataDir);
      const opened = lanes === 'processes' ? processLanes(mostBytes) : inlineLanes(mostBytes);
      folder = new DatabaseFolder(dataDir, lock, { ...opened, ...(remotes && { remotes }) });
      for (const name of new Set([...present, ...databases])) await folder.create(name);
      return folder;
    } catch (error) {
      if (folder) await folder.close();
      else lock.release();
      throw error;
    }
  }

  get databases(): EngineDatabase[] {
    return [...this.#databases.values()];
  }

  /**
   * The database called `name`; names of databases are not case-sensitive.
   *
   * @throws KqlError where there is none
   */
  database(name: string): EngineDatabase {
    const database = this.#databases.get(name.toLowerCase());
    if (!database) {
      throw notFound('Database', name, this.databases);
    }
    return database;
  }

  has(name: string): boolean {
    return this.#databases.has(name.toLowerCase());
  }

  /** Creates the database called `name`, or opens it where its file is there. */
  async create(name: string): Promise<EngineDatabase> {
    if (!/^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,259}$/u.test(name)) {
      throw new KqlError(`'${name}' is not a database name: use letters, digits, '_', ' ', '.' and '-'`);
    }
    const database = await EngineDatabase.open(name, this.#file(name), this.#lanes, OPEN_MILLISECONDS);
    this.#databases.set(name.toLowerCase(), database);
    return database;
  }

  /** Forgets the database called `name` and deletes its file. */
  async drop(name: string): Promise<void> {
    const database = this.database(name);
    const file = this.#file(database.name);
    database.close();
    this.#databases.delete(name.toLowerCase());
    this.#lanes.own.close(file);
    await this.#lanes.writer.run({ kind: 'close', file }, OPEN_MILLISECONDS);
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  }

  /** Deletes the rows that have outlived their retention policy at `now` (Unix milliseconds). */
  async expire(now: number): Promise<void> {
    for (const database of this.#databases.values()) await expire(database, now);
  }

  /** Tells the folder's owner where the engine answers, and with which token. */
  announce(url: string, token: string | undefined): void {
    this.#lock.announce(url, token);
  }

  /** Lets what runs end, and closes the files. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const database of this.#databases.values()) database.close();
    await Promise.all([this.#lanes.readers.close(), this.#lanes.compiler.close()]);
    this.#lanes.own.close();
    // The last connection to a file moves what is in the log (`-wal`) into it; only one that writes can.
    await this.#lanes.writer.close();
    this.#lock.release();
  }

  #file(name: string): string {
    return join(this.#dataDir, `${encodeURIComponent(name)}${SUFFIX}`);
  }
}

function processLanes(mostBytes: number): Lanes {
  const readers = Array.from({ length: READERS }, () => new ProcessLane<ReaderTask>('reader'));
  const writer = new ProcessLane<WriterTask>('writer', [String(mostBytes)]);
  const compiler = new CompilerThread();
  // The files cannot be opened without it.
  writer.start();
  return {
    readers: new LanePool<ReaderTask>(readers),
    writer,
    compiler,
    own: new Reader(),
    start: () => {
      for (const reader of readers) reader.start();
      compiler.start();
    },
  };
}

function inlineLanes(mostBytes: number): Lanes {
  const writer = new Writer(mostBytes);
  const own = new Reader();
  return {
    readers: new InlineLane(
      (task: ReaderTask) => own.read(task),
      () => undefined,
    ),
    writer: new InlineLane(
      (task: WriterTask) => writer.handle(task),
      () => writer.close(),
    ),
    compiler: inlineCompiler,
    own,
    start: () => undefined,
  };
}
