import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TurnLine } from '../src/http/turn-line.ts';

function enterMany(line: TurnLine, count: number, begun: number[] = []) {
  const entered = Array.from({ length: count }, (_, index) => line.enter(() => begun.push(index)));
  return { begun, entered };
}

describe('work in a line of turns', () => {
  it('begins at once while the turn has room, and the rest in order, a few in each turn', async () => {
    const line = new TurnLine({ perTurn: 3 });
    const { begun } = enterMany(line, 8);
    expect(begun).toEqual([0, 1, 2]);
    await nextTurn();
    expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
    await nextTurn();
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(line.waiting).toBe(0);
  });

  it('is not overtaken by what comes later', async () => {
    const line = new TurnLine({ perTurn: 2 });
    const begun: string[] = [];
    for (const name of ['a', 'b', 'c']) line.enter(() => begun.push(name));
    await nextTurn();
    for (const name of ['d', 'e', 'f']) line.enter(() => begun.push(name));
    await nextTurn();
    await nextTurn();
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('does not begin more in a turn because more was begun meanwhile', async () => {
    const line = new TurnLine({ perTurn: 2 });
    const begun: number[] = [];
    const again = (left: number) => {
      begun.push(left);
      if (left > 0) line.enter(() => again(left - 1));
    };
    line.enter(() => again(4));
    expect(begun).toEqual([4, 3]);
    await nextTurn();
    expect(begun).toEqual([4, 3, 2, 1]);
    await nextTurn();
    expect(begun).toEqual([4, 3, 2, 1, 0]);
  });

  it('is refused where the line is too long, and taken again when it is shorter', async () => {
    const line = new TurnLine({ perTurn: 2, longest: 3 });
    const { entered } = enterMany(line, 7);
    expect(entered).toEqual([true, true, true, true, true, false, false]);
    await nextTurn();
    expect(enterMany(line, 3).entered).toEqual([true, true, false]);
  });

  it('lets a quiet line forget what it began', async () => {
    const line = new TurnLine({ perTurn: 2 });
    for (let turn = 0; turn < 5; turn += 1) {
      expect(enterMany(line, 2).begun).toEqual([0, 1]);
      await nextTurn();
    }
  });

  it('keeps its order over many turns', async () => {
    const line = new TurnLine({ perTurn: 4, longest: 10 });
    const begun: number[] = [];
    let next = 0;
    while (begun.length < 500) {
      for (let count = 0; count < 7; count += 1) {
        const mine = next;
        if (line.enter(() => begun.push(mine))) next += 1;
      }
      await nextTurn();
    }
    expect(begun).toEqual(begun.toSorted((a, b) => a - b));
    expect(new Set(begun).size).toBe(begun.length);
  });
});
