import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataFolder } from '../../../backend/hosts/data-folder.ts';

describe('a data folder', () => {
  let folder: string;

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'data-')), 'data');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  it('that is new is for demonstration data', () => {
    expect(openDataFolder(folder).demo?.isLoaded).toBe(false);
  });

  it('remembers that the demonstration data is in', () => {
    openDataFolder(folder).demo?.setLoaded();
    expect(openDataFolder(folder).demo?.isLoaded).toBe(true);
  });

  it('is filled again after a start that did not come to its end', () => {
    openDataFolder(folder);
    writeFileSync(join(folder, 'half.sqlite'), '');
    expect(openDataFolder(folder).demo?.isLoaded).toBe(false);
  });

  it('with data of its own gets no demonstration data', () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'own.sqlite'), '');
    expect(openDataFolder(folder).demo).toBeUndefined();
  });
});
