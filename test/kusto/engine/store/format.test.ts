/** Files that older versions of the engine wrote; test/support/engine/dump.ts makes their SQL. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { FORMAT } from '../../../../kusto/engine/store/format.ts';
import { type DataFolder, dataFolder } from '../../../support/engine/data-folder.ts';
import { startTestEngine } from '../../../support/engine/engine.ts';

let folder: DataFolder;
const file = () => join(folder.path, 'NetDefaultDB.sqlite');

/** What SQLite itself says about the file. */
function inFile<T>(read: (connection: Database.Database) => T): T {
  const connection = new Database(file());
  try {
    return read(connection);
  } finally {
    connection.close();
  }
}
const formatOfFile = () => inFile((connection) => connection.pragma('user_version', { simple: true }));

describe.each(Array.from({ length: FORMAT }, (_, format) => format))('a file of format %i', (format) => {
  const sql = readFileSync(new URL(`./format-${format}.sql`, import.meta.url), 'utf8');

  beforeEach(() => {
    folder = dataFolder();
    inFile((connection) => connection.exec(sql));
  });
  afterEach(() => folder.remove());

  it('is read with everything in it, and written', async () => {
    expect(formatOfFile()).toBe(format);
    const engine = await startTestEngine({ dataDir: folder.path });
    const id = (last: number) => `b32aa71e-8ed2-41b2-9d77-5bc26122200${last}`;
    expect(await engine.rows('Rollout | order by Started asc | extend Seconds = tostring(Seconds)')).toEqual([
      [id(4), '2024-01-02T13:29:45.1234567Z', 'eastus', '90', 0.5, true, { a: [1, 2] }, '00:01:30', '12.50'],
      [
        id(5),
        '2024-01-03T13:29:45.0000000Z',
        'westeurope',
        '9007199254740993',
        1e300,
        false,
        null,
        '1.00:00:00',
        null,
      ],
      [id(6), '2024-01-04T13:29:45.0000000Z', 'eastus', '', null, null, 'text "quoted"', null, null],
    ]);
    await engine.rows(
      '.ingest inline into table Rollout with (format="json", ingestionMappingReference="Short") <|\n{"r": "eastus", "s": 7}',
    );
    await engine.rows(
      '.append Rollout <| Rollout | where Region == "westeurope" | extend Started = datetime(2024-02-01), Seconds = 8',
    );
    expect(await engine.rows('RolloutsOf("eastus") | project Seconds')).toEqual([[7], [90], [null]]);
    expect(await engine.rows('LatestRollout | order by Region asc | project Region, Seconds')).toEqual([
      ['eastus', null],
      ['westeurope', 8],
    ]);
    const [policy = []] = await engine.rows('.show table Rollout policy streamingingestion');
    expect(policy.join()).toContain('"IsEnabled":true');
    await engine.close();
    expect(formatOfFile()).toBe(FORMAT);
    const again = await startTestEngine({ dataDir: folder.path });
    expect(await again.rows('Rollout | count')).toEqual([[5]]);
    await again.close();
  });

  it('loses what only its own version could use', async () => {
    const kept = () =>
      inFile((connection) => connection.prepare('SELECT key FROM "$statement"').pluck().all());
    const before = kept();
    expect(before).not.toEqual([]);
    await (await startTestEngine({ dataDir: folder.path })).close();
    expect(kept()).not.toEqual(expect.arrayContaining(before));
  });
});
