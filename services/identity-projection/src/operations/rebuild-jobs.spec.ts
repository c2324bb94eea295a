import type { JsonObject } from '@evident/event-store';
import type { RebuildOutcome, RebuildProgress } from '@evident/read-model';
import { silentLogger } from '@evident/runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import { RebuildJobs } from './rebuild-jobs.ts';

/** A group whose rebuilds end when a spec says so. */
class HeldGroup {
  readonly name = 'directory';
  readonly begun: ((outcome: RebuildOutcome | Error) => void)[] = [];

  rebuild(_onProgress: (progress: RebuildProgress) => void): Promise<RebuildOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<RebuildOutcome>();
    this.begun.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
    return promise;
  }
}

const rebuilt: RebuildOutcome = { outcome: 'rebuilt', events: 7 };
let notes: Map<string, JsonObject>;
let group: HeldGroup;
let jobs: RebuildJobs;

function jobsOfAProcess(): RebuildJobs {
  const store = {
    readNotes: async (prefix: string) =>
      [...notes].filter(([key]) => key.startsWith(prefix)).map(([key, note]) => ({ key, note })),
    putNote: async (key: string, note: JsonObject | undefined) => {
      if (note === undefined) notes.delete(key);
      else notes.set(key, note);
    },
  };
  return new RebuildJobs(store, silentLogger);
}

beforeEach(() => {
  notes = new Map();
  group = new HeldGroup();
  jobs = jobsOfAProcess();
});

describe('rebuilds of one group', () => {
  it('are one job, the first, however many are asked for until it ends', async () => {
    await Promise.all(['b', 'a', 'c'].map((job) => jobs.enqueue(group, job)));
    await jobs.enqueue(group, 'a');
    for (const job of ['a', 'b', 'c']) expect(await jobs.read('directory', job)).toMatchObject({ job: 'b' });
    expect(await jobs.current('directory')).toMatchObject({ job: 'b', state: 'running' });
    group.begun[0]?.(rebuilt);
    await jobs.ended();
    for (const job of ['a', 'b', 'c']) {
      expect(await jobs.read('directory', job)).toMatchObject({ job: 'b', state: 'done', done: 7, total: 7 });
      expect(await jobs.isSettled('directory', job)).toBe(true);
    }
    expect([group.begun.length, await jobs.current('directory')]).toEqual([1, undefined]);
  });

  it('are another job once it has ended, be it by a fault', async () => {
    await jobs.enqueue(group, 'a');
    group.begun[0]?.(new Error('no room'));
    await jobs.ended();
    expect(await jobs.read('directory', 'a')).toMatchObject({ job: 'a', state: 'failed', error: 'no room' });
    await jobs.enqueue(group, 'b');
    expect(await jobs.current('directory')).toMatchObject({ job: 'b', state: 'running' });
    group.begun[1]?.(rebuilt);
    await jobs.ended();
    expect(await jobs.read('directory', 'b')).toMatchObject({ job: 'b', state: 'done' });
  });

  it('are still one job to the process that takes over what another did not live to finish', async () => {
    for (const job of ['a', 'b']) await jobs.enqueue(group, job);
    group.begun[0]?.({ outcome: 'stopped' });
    await jobs.ended();
    const next = jobsOfAProcess();
    for (const job of ['a', 'b']) {
      expect(await next.isSettled('directory', job)).toBe(false);
      await next.enqueue(group, job);
    }
    group.begun[1]?.(rebuilt);
    await next.ended();
    expect(await next.read('directory', 'b')).toMatchObject({ job: 'a', state: 'done' });
    expect(group.begun.length).toBe(2);
  });
});
