/** A disk that can be filled to the brim: a tmpfs, for those who may mount one. */
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './data-folder.ts';

export interface SmallDisk {
  readonly path: string;
  /** Leaves no room. */
  fill(): void;
  /** Makes room again. */
  free(): void;
  remove(): void;
}

/** Mounts one with a copy of `content` on it; undefined where that is not permitted. */
export function smallDisk(content: string, megabytes: number): SmallDisk | undefined {
  const { path, remove } = dataFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    remove();
    return undefined;
  }
  cpSync(content, path, { recursive: true });
  const ballast = join(path, 'ballast');
  return {
    path,
    fill() {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    },
    free: () => rmSync(ballast),
    remove() {
      // Lazily: a process that was killed lets go of its files a moment later.
      execFileSync('umount', ['--lazy', path]);
      remove();
    },
  };
}
