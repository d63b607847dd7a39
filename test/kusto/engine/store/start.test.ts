/** What a data folder may be, and who may open it. */
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createEngine, startEngine } from '../../../../kusto/engine/engine.ts';
import { EngineStartError } from '../../../../kusto/engine/start-error.ts';
import { Writer } from '../../../../kusto/engine/store/writer.ts';
import { type DataFolder, dataFolder } from '../../../support/engine/data-folder.ts';
import { serveEngine, startTestEngine } from '../../../support/engine/engine.ts';

let folder: DataFolder;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => folder.remove());

/** What a start in this thread is refused with. */
async function refusal(dataDir = folder.path): Promise<string> {
  const started = await createEngine({ dataDir, port: 0 }, { lanes: 'inline' }).catch((error) => error);
  if (!(started instanceof EngineStartError)) throw new Error(`not refused: ${started}`);
  expect(started.message).not.toContain('\n');
  return started.message;
}

const file = (name = 'NetDefaultDB.sqlite') => join(folder.path, name);

/** A database with rows on many pages. */
async function filled(): Promise<void> {
  const engine = await startTestEngine({ dataDir: folder.path });
  await engine.rows('.set T <| range n from 1 to 5000 step 1 | project n, text = strcat("row ", n)');
  await engine.close();
  const database = new Database(file());
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

describe('a folder that an engine has open', () => {
  it('is refused to every other, with the process that has it and since when', async () => {
    const first = await startTestEngine({ dataDir: folder.path });
    const expected = new RegExp(
      `^The data folder ${folder.path} is in use by process ${process.pid} since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z$`,
    );
    expect(await refusal()).toMatch(expected);
    await expect(startEngine({ dataDir: folder.path, port: 0 })).rejects.toThrow(expected);
    expect(await first.rows('print 1')).toEqual([[1]]);
    await first.close();
    await (await startTestEngine({ dataDir: folder.path })).close();
  });

  it('opens at once when that engine was killed', async () => {
    const served = await serveEngine(folder.path);
    expect(await refusal()).toContain(`in use by process ${served.process.pid} since`);
    await served.kill();
    const engine = await startTestEngine({ dataDir: folder.path });
    expect(await engine.rows('print 1')).toEqual([[1]]);
    await engine.close();
  });
});

it('a writer that outlives its engine writes no more once another has opened the file', () => {
  const [orphan, other] = [new Writer(Infinity), new Writer(Infinity)];
  const open = { kind: 'open', file: file() } as const;
  const owner = orphan.handle(open);
  other.handle(open);
  expect(() => orphan.handle({ kind: 'write', file: file(), owner: String(owner), steps: [] })).toThrow(
    'Another engine has opened this data folder',
  );
  orphan.close();
  other.close();
});

describe('a folder that cannot be one', () => {
  it('is named where it cannot be made', async () => {
    writeFileSync(file('note'), '');
    expect(await refusal(file('note'))).toMatch(
      /^The data folder .*note cannot be made or written: .*EEXIST/,
    );
    expect(await refusal(join(file('note'), 'below'))).toMatch(/cannot be made or written: .*ENOTDIR/);
  });

  it('is not filled where it holds other things', async () => {
    for (const name of ['letter.txt', 'photos', 'zoo']) writeFileSync(file(name), '');
    expect(await refusal()).toBe(
      `The folder ${folder.path} holds other things (letter.txt, photos, …) and no data of ours, so it is not filled`,
    );
    expect(readdirSync(folder.path).sort()).toEqual(['letter.txt', 'photos', 'zoo']);
  });

  it('may hold what systems put into empty folders', async () => {
    mkdirSync(file('lost+found'));
    writeFileSync(file('.DS_Store'), '');
    await (await startTestEngine({ dataDir: folder.path })).close();
  });

  it('is refused with the database of another program in it, which stays as it is', async () => {
    const places = new Database(file('places.sqlite'));
    places.exec('CREATE TABLE moz_places (url TEXT)');
    places.close();
    const before = readFileSync(file('places.sqlite'));
    expect(await refusal()).toBe(
      `${file('places.sqlite')} is the database of another program. Move it elsewhere`,
    );
    expect(readFileSync(file('places.sqlite'))).toEqual(before);
  });
});

describe('a database file', () => {
  it('that is none is refused, and stays as it is', async () => {
    writeFileSync(
      file(),
      'this is not a database at all, but it is long enough to have had a header'.repeat(20),
    );
    expect(await refusal()).toBe(`${file()} is not a database. Move it away, or put a copy in its place`);
    expect(readFileSync(file(), 'utf8')).toMatch(/^this is not/);
  });

  it('that is damaged is refused, with what keeps its readable rows', async () => {
    await filled();
    const descriptor = openSync(file(), 'r+');
    writeSync(descriptor, Buffer.alloc(8 * 4096, 0xff), 0, 8 * 4096, 12 * 4096);
    closeSync(descriptor);
    expect(await refusal()).toBe(
      `The database ${file()} is damaged. To keep what is readable of it, stop the engine, run sqlite3 "${file()}" .recover | sqlite3 "${file()}.recovered", and put the new file in the place of the old one and its -wal`,
    );
  });

  it('of a newer version is refused, and stays as it is', async () => {
    await filled();
    const newer = new Database(file());
    newer.pragma('user_version = 1000');
    newer.close();
    expect(await refusal()).toBe(
      `${file()} was written by a newer version (format 1000; this version knows 1). Use that version`,
    );
  });

  it('that was made and not filled is filled', async () => {
    writeFileSync(file(), '');
    const engine = await startTestEngine({ dataDir: folder.path });
    expect(await engine.rows('print 1')).toEqual([[1]]);
    await engine.close();
  });
});

it('only the owner can read a data folder, be it new or of an older version', async () => {
  const dataDir = join(folder.path, 'data');
  const readable = () =>
    ['', ...readdirSync(dataDir)]
      .filter((name) => statSync(join(dataDir, name)).mode & 0o077)
      .map((name) => `/${name}`);
  const first = await startTestEngine({ dataDir });
  await first.rows('.set T <| print 1');
  expect(readdirSync(dataDir)).toContain('NetDefaultDB.sqlite-wal');
  expect(readable()).toEqual([]);
  await first.close();
  chmodSync(dataDir, 0o755);
  chmodSync(join(dataDir, 'NetDefaultDB.sqlite'), 0o644);
  const second = await startTestEngine({ dataDir });
  await second.rows('.append T <| print 2');
  expect(readable()).toEqual([]);
  await second.close();
});

it('says where it answers and with which token in a file of its folder, until it ends', async () => {
  const engine = await startEngine({ dataDir: folder.path, port: 0, token: 'the token' });
  expect(JSON.parse(readFileSync(file('engine.json'), 'utf8'))).toEqual({
    pid: process.pid,
    since: expect.any(String),
    url: engine.url,
    token: 'the token',
  });
  await engine.close();
  expect(readdirSync(folder.path)).not.toContain('engine.json');
});
