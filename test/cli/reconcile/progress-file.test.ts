import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openProgressFile } from '../../../cli/reconcile/progress-file.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'progress-'));
  file = join(folder, 'webshop.progress');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a progress file', () => {
  test('keeps how far each project has come, for the next time it is opened', async () => {
    const first = await openProgressFile(file, 'contoso');
    expect(first.reached('p1')).toBeUndefined();
    await first.reach('p1', '2026-03-01T10:00:00.1234567Z');
    await first.reach('p2', '2026-03-01T11:00:00Z');
    await first.reach('p2', '2026-03-01T12:00:00Z');
    const second = await openProgressFile(file, 'contoso');
    expect(second.reached('p1')).toBe('2026-03-01T10:00:00.1234567Z');
    expect(second.reached('p2')).toBe('2026-03-01T12:00:00Z');
    expect(readdirSync(folder)).toEqual(['webshop.progress']);
  });

  test('is gone when all is done', async () => {
    const progress = await openProgressFile(file, 'contoso');
    await progress.reach('p1', '2026-03-01T10:00:00Z');
    await progress.finish();
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ['{"organization":"fabrikam","reached":{}}', /for fabrikam, not contoso/],
    ['{"organization":"contoso"}', /is not a progress file/],
    ['null', /is not a progress file/],
    ['not json', /is not a progress file/],
  ])('that holds %s is refused', async (content, message) => {
    writeFileSync(file, content);
    await expect(openProgressFile(file, 'contoso')).rejects.toThrow(message);
  });

  test('that cannot be read is refused', async () => {
    await expect(openProgressFile(folder, 'contoso')).rejects.toThrow(/--progress <file>.*EISDIR/);
  });
});
