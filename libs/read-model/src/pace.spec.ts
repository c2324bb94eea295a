import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { giveWay, Pace } from './pace.ts';

/** Keeps the processor, as a step of work does. */
function work(forMs: number): void {
  for (const end = performance.now() + forMs; performance.now() < end; );
}

describe('work that nobody waits for', () => {
  it('is cut into steps that keep its order and leave nothing out', async () => {
    const pace = new Pace(5);
    const batch = Array.from({ length: 777 }, (_, n) => n);
    const steps: (readonly number[])[] = [];
    for (const step of pace.steps(batch)) {
      steps.push(step);
      await pace.rest(step.length);
    }
    expect(steps.flat()).toEqual(batch);
    expect(steps.length).toBeGreaterThan(1);
  });

  it('takes longer steps while they cost little, and shorter ones again when they cost more', async () => {
    const pace = new Pace(1_000_000);
    const batch = Array.from({ length: 5_000 }, (_, n) => n);
    const cheap: number[] = [];
    for (const step of pace.steps(batch)) {
      cheap.push(step.length);
      await pace.rest(step.length);
    }
    expect(cheap[0]).toBe(50);
    expect(cheap[3]).toBeGreaterThan(100);
    const slow = new Pace(0.001);
    for (const step of slow.steps(batch.slice(0, 200))) {
      expect(step).toHaveLength(50);
      work(1);
      await slow.rest(step.length);
    }
  });

  it('is not blamed for what others did in a pause that was not of its making', async () => {
    const pace = new Pace(5);
    work(50);
    pace.rested();
    await pace.rest(50);
    const [next] = pace.steps(Array.from({ length: 200 }, (_, n) => n));
    expect(next?.length).toBeGreaterThan(50);
  });

  it('gives way until others have nothing to do', async () => {
    let turns = 0;
    const others = (async () => {
      for (; turns < 20; turns += 1) {
        work(0.5);
        await nextTurn();
      }
    })();
    await giveWay(60_000);
    expect(turns).toBe(20);
    await others;
  });

  it('gives way no longer than it is to', async () => {
    let ended = false;
    const others = (async () => {
      while (!ended) {
        work(0.5);
        await nextTurn();
      }
    })();
    await giveWay(5);
    ended = true;
    await others;
  });
});
