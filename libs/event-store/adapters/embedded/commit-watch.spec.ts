import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventStoreFault } from '../../src/event-store.port.ts';
import { CommitWatch } from './commit-watch.ts';

let version: number;
let end: number;
let isWriting: boolean;
let fault: EventStoreFault | undefined;
let looks: number;
let watch: CommitWatch;
const forever = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers();
  version = 1;
  end = 7;
  isWriting = false;
  fault = undefined;
  looks = 0;
  watch = new CommitWatch({
    // No such file: no notice of writes, so looking has to do.
    writeAheadFile: '/nowhere/at/all-wal',
    dataVersion: () => {
      looks++;
      return version;
    },
    end: () => {
      if (fault !== undefined) throw fault;
      return end;
    },
    isWriting: () => isWriting,
  });
});
afterEach(() => {
  watch.close(new EventStoreFault('closed', 'the spec is over'));
  vi.useRealTimers();
});

function commitOfAnother(): void {
  version++;
  end++;
}

/** Waits past the first look, which takes note of the version that it finds. */
async function settled(): Promise<void> {
  await watch.changedSince(watch.mark, forever);
}

describe('without notices of writes', () => {
  it('finds the commit of another process within 10 ms of looking, however long it was idle', async () => {
    await settled();
    let woken = false;
    const waiting = watch.changedSince(watch.mark, forever).then(() => {
      woken = true;
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(woken).toBe(false);
    commitOfAnother();
    await vi.advanceTimersByTimeAsync(8);
    expect(woken).toBe(true);
    await waiting;
  });

  it('does not look while nobody waits', async () => {
    await settled();
    await vi.advanceTimersByTimeAsync(1000);
    const before = looks;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(looks).toBe(before);
  });
});

it('wakes at once for a commit of this process, and for one between the mark and the wait', async () => {
  await settled();
  const { mark } = watch;
  const waiting = watch.changedSince(mark, forever);
  watch.committed(8);
  await waiting;
  await watch.changedSince(mark, forever);
});

it.each([
  ['before it was told', 1],
  ['after', 0],
])('wakes once for a commit of this process that is looked for %s', async (_, found) => {
  await settled();
  isWriting = true;
  watch.committed(end);
  let woken = 0;
  const stop = new AbortController();
  const follow = async () => {
    for (; !stop.signal.aborted; woken += 1) await watch.changedSince(watch.mark, stop.signal);
  };
  const following = follow();
  commitOfAnother();
  await vi.advanceTimersByTimeAsync(found === 1 ? 20 : 5);
  expect(woken).toBe(found);
  isWriting = false;
  watch.committed(end);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(woken).toBe(1);
  stop.abort();
  await following;
});

it('finds within 10 ms what others commit while this process waits for them to let it write', async () => {
  await settled();
  isWriting = true;
  for (let commits = 0; commits < 20; commits += 1) {
    const waiting = watch.changedSince(watch.mark, forever);
    commitOfAnother();
    await vi.advanceTimersByTimeAsync(9);
    await waiting;
  }
});

it('goes on looking however often writes are noticed', async () => {
  vi.useRealTimers();
  const directory = mkdtempSync(join(tmpdir(), 'evident-watch-'));
  const writeAheadFile = join(directory, 'wal');
  writeFileSync(writeAheadFile, '');
  let looked = 0;
  const dataVersion = () => {
    looked += 1;
    return version;
  };
  const noticing = new CommitWatch({ writeAheadFile, dataVersion, end: () => end, isWriting: () => true });
  const writing = setInterval(() => writeFileSync(writeAheadFile, 'x'), 1);
  const stop = new AbortController();
  try {
    await noticing.changedSince(noticing.mark, stop.signal);
    const waiting = noticing.changedSince(noticing.mark, stop.signal);
    await expect.poll(() => looked, { timeout: 5_000 }).toBeGreaterThan(30);
    stop.abort();
    await waiting;
  } finally {
    clearInterval(writing);
    noticing.close(new EventStoreFault('closed', 'the spec is over'));
    rmSync(directory, { recursive: true });
  }
});

it('finds within 10 ms what others commit between commits of this process', async () => {
  await settled();
  watch.committed(++end);
  const waiting = watch.changedSince(watch.mark, forever);
  commitOfAnother();
  await vi.advanceTimersByTimeAsync(8);
  await waiting;
});

it('lets go of who does not wait any longer', async () => {
  await settled();
  const stop = new AbortController();
  const waiting = watch.changedSince(watch.mark, stop.signal);
  stop.abort();
  await waiting;
  await watch.changedSince(watch.mark, stop.signal);
});

it('tells those who wait that the log is not the one any more, or that it is closed', async () => {
  await settled();
  const waiting = watch.changedSince(watch.mark, forever);
  fault = new EventStoreFault('log-changed', 'it was replaced');
  const refused = expect(waiting).rejects.toBe(fault);
  await vi.advanceTimersByTimeAsync(300);
  await refused;

  fault = undefined;
  const other = watch.changedSince(watch.mark, forever);
  const closed = new EventStoreFault('closed', 'closed');
  watch.close(closed);
  await expect(other).rejects.toBe(closed);
  await expect(watch.changedSince(watch.mark, forever)).rejects.toBe(closed);
});
