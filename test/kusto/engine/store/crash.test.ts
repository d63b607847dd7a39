/** An engine that is killed: what it acknowledged is there afterwards, whole, and once. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'azure-kusto-data';
import { serveEngine, startTestEngine } from '../../../support/engine/engine.ts';
import { until } from '../../../support/until.ts';

const LIVES = 2;

it('keeps every acknowledged write over kills in the middle of writing, tags and views with them', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'kusto-crash-'));
  const acknowledged = new Set<number>();
  let next = 0;
  try {
    for (let life = 0; life < LIVES; life++) {
      const victim = await serveEngine(dataDir);
      const client = new Client(`Data Source=${victim.url};Initial Catalog=NetDefaultDB`);
      const run = (text: string) => client.executeMgmt('NetDefaultDB', text);
      if (life === 0) {
        await run('.create table T (n: long, half: string)');
        await run('.create materialized-view V on table T { T | summarize count() by n }');
      }
      const write = async () => {
        for (;;) {
          const n = next++;
          const tags = `tags = '["ingest-by:${n}"]', ingestIfNotExists = '["${n}"]'`;
          await run(`.ingest inline into table T with (${tags}) <|\n${n},first\n${n},second`);
          acknowledged.add(n);
        }
      };
      const writers = [write(), write(), write(), write()].map((writer) => writer.catch(() => undefined));
      const enough = acknowledged.size + 25;
      await until(() => acknowledged.size >= enough, 120_000);
      await victim.kill();
      await Promise.all(writers);
      client.close();
    }

    const engine = await startTestEngine({ dataDir, lanes: 'processes' });
    try {
      const written = await engine.rows('T | summarize count() by n');
      const lost = [...acknowledged].filter((n) => !written.some(([number]) => number === n));
      expect(lost).toEqual([]);
      expect(written.filter(([, rows]) => rows !== 2)).toEqual([]);
      const sorted = (rows: unknown[][]) => rows.map(String).sort();
      expect(sorted(await engine.rows('V'))).toEqual(sorted(written));
      const [again] = acknowledged;
      const tags = `tags = '["ingest-by:${again}"]', ingestIfNotExists = '["${again}"]'`;
      await engine.rows(`.ingest inline into table T with (${tags}) <|\n${again},third`);
      expect(await engine.rows(`T | where n == ${again} | count`)).toEqual([[2]]);
    } finally {
      await engine.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

it('a writer that dies is replaced; what it had not acknowledged can be written again', async () => {
  const engine = await startTestEngine({ lanes: 'processes' });
  try {
    await engine.rows('.create table T (n: long)');
    const long = engine.refusal('.append T <| range n from 1 to 100000000 step 1 | where n < 0', {
      servertimeout: 1000,
    });
    expect((await long).code).toBe('Timeout');
    await engine.rows('.append T <| print n = long(1)');
    await engine.rows('.alter-merge table T (more: string)');
    expect(await engine.rows('T')).toEqual([[1, '']]);
  } finally {
    await engine.close();
  }
});

it('a long query does not outlive the engine that was killed', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'kusto-orphan-'));
  const victim = await serveEngine(dataDir);
  const client = new Client(`Data Source=${victim.url};Initial Catalog=NetDefaultDB`);
  const endless = 'range n from 1 to 100000000000 step 1 | where n < 0 | count';
  const asked = client.execute('NetDefaultDB', endless).catch(() => undefined);
  const children = () =>
    execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === victim.process.pid)
      .map(([pid]) => Number(pid));
  const alive = (pid: number) => existsSync(`/proc/${pid}`);
  await client.execute('NetDefaultDB', 'print 1');
  const lanes = children();
  expect(lanes.length).toBeGreaterThanOrEqual(3);
  await victim.kill();
  await asked;
  client.close();
  await until(() => !lanes.some(alive));
  rmSync(dataDir, { recursive: true, force: true });
});
