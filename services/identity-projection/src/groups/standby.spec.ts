import type { Position } from '@evident/event-store';
import type { Checkpoint } from '@evident/read-model';
import { silentLogger } from '@evident/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Standby } from './standby.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const position = (log: string, place: number) => `${log}~${place}` as Position;

/** Of a process whose log `own` ends at 9, beside rows that stand at this place. */
async function takesOver(at: Position): Promise<boolean> {
  const checkpoint: Checkpoint = { position: at, events: 1, epoch: 2, generation: 'blue', views: [] };
  const onSilence = vi.fn();
  const standby = new Standby({
    group: 'directory',
    from: at,
    store: { readCheckpoint: async () => checkpoint, readParked: async () => [] } as never,
    events: {
      compare: (a) => (a.startsWith('own~') ? 0 : { outcome: 'log-changed', logId: 'own' }),
      lastPosition: async () => position('own', 9),
    },
    logger: silentLogger,
    now: Date.now,
    onSilence,
  });
  standby.start();
  await vi.advanceTimersByTimeAsync(600_000);
  standby.stop();
  return onSilence.mock.calls.length > 0;
}

it('takes over from whoever stands still behind the log', async () => {
  expect(await takesOver(position('own', 8))).toBe(true);
  expect(await takesOver(position('own', 9))).toBe(false);
});

it('takes nothing over from whoever follows another log, which took the place of its own', async () => {
  expect(await takesOver(position('aaa', 8))).toBe(false);
  expect(await takesOver(position('zzz', 8))).toBe(false);
});
