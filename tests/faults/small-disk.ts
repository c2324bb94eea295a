import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own with little room. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all the room but so many bytes. */
  fill(leave: number): void;
  makeRoom(): void;
  remove(): void;
}

/** Mounted in memory, for which this user has to be allowed to mount; else the reason. Linux only. */
export function mountSmallDisk(megabytes: number): SmallDisk | { missing: string } {
  const path = mkdtempSync(join(tmpdir(), 'evident-disk-'));
  const options = `size=${megabytes}m,mode=0700`;
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'evident-spec', path], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    rmSync(path, { recursive: true });
    return {
      missing: `no small file system can be mounted: ${(mounted.stderr || mounted.error?.message || '').trim()}`,
    };
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill(leave) {
      const { bavail, bsize } = statfsSync(path);
      try {
        writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leave), 1));
      } catch (error) {
        // Whoever writes beside this took the rest.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    remove() {
      spawnSync('umount', ['--lazy', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
