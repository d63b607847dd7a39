/** A database that may not grow: what is refused has done nothing, and the rest goes on. */
import { dataFolder } from '../../../support/engine/data-folder.ts';
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

const rowsAtATime = 100;
const batch = `.append T <| range n from 1 to ${rowsAtATime} step 1 | project k = tostring(n), text = strrep('x', 500)`;

/** Appends until there is no more space. @returns how many batches were taken, and the refusal */
async function fill(engine: TestEngine) {
  for (let taken = 0; ; taken++) {
    const refusal = await engine.rows(batch).then(
      () => undefined,
      () => engine.refusal(batch),
    );
    if (refusal) return { taken, refusal };
  }
}

it.each(['inline', 'processes'] as const)('a write for which there is no space (%s)', async (lanes) => {
  const folder = dataFolder();
  const setUp = await startTestEngine({ dataDir: folder.path });
  await setUp.rows('.create table T (k: string, text: string)');
  await setUp.rows('.create materialized-view V on table T { T | summarize count() by k }');
  await setUp.close();

  const engine = await startTestEngine({ dataDir: folder.path, lanes, mostBytes: 1024 * 1024 });
  const { taken, refusal } = await fill(engine);
  expect(taken).toBeGreaterThan(0);
  expect(refusal).toEqual({
    status: 503,
    code: 'ServiceUnavailable',
    message: 'There is no space left on the disk; nothing was written',
  });
  expect(await engine.rows('T | count')).toEqual([[taken * rowsAtATime]]);
  expect(await engine.rows('V | summarize sum(count_)')).toEqual([[taken * rowsAtATime]]);

  await engine.rows('.clear table T data');
  expect((await fill(engine)).taken).toBeGreaterThan(0);
  await engine.close();
  folder.remove();
});
